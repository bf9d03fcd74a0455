"""The trunks that calls go out over, in their order."""

import msgspec

from contactcenter_ari.core.telephony.trunk import Trunk
from contactcenter_ari.core.vocabulary.command import DialOutside


class WaysOut:
    """Chooses the trunk of each call out."""

    def __init__(self) -> None:
        self._via: tuple[Trunk, ...] = (Trunk(),)

    def __repr__(self) -> str:
        return f"<WaysOut {', '.join(trunk.name for trunk in self._via)}>"

    def configure(self, trunks: tuple[Trunk, ...], via: tuple[str, ...]) -> None:
        """Calls go out over these from now on; a site that names no trunk has one."""
        known = {trunk.name: trunk for trunk in trunks}
        self._via = tuple(known[name] for name in via) or (Trunk(),)

    def routed(self, command: DialOutside) -> DialOutside:
        """The same call over the first trunk, with its numbers as that one wants them."""
        trunk = self._via[0]
        return msgspec.structs.replace(
            command,
            trunk=trunk.name,
            written=trunk.written(command.number),
            caller_number=trunk.written(command.caller_number),
        )
