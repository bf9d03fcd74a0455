"""Errors between us and Asterisk; each is a fault of the switch."""

from contactcenter_ari.core.errors import ContactCenterError


class SwitchError(ContactCenterError):
    """Asterisk did not do its part; the message says which and what to look at."""


class SwitchUnreachable(SwitchError):
    """There is no connection to Asterisk, or it was lost before the reply came."""


class SwitchTooSlow(SwitchError):
    """No reply came before the deadline; whether it was carried out is not known."""


class SwitchReplaced(SwitchUnreachable):
    """Another program registered our application: this one must stop working."""


class SwitchUnsuitable(SwitchError):
    """Asterisk is there but cannot be used: too old, or it refuses our password."""
