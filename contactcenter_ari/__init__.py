"""A contact center on Asterisk: a Stasis application that owns every call."""
