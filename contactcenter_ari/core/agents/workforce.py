"""The workforce: all agents of the center, and the parts that say what becomes of them."""

from datetime import timedelta

from contactcenter_ari.core.agents.agent_move import AgentMoves
from contactcenter_ari.core.agents.contact import Contacts
from contactcenter_ari.core.agents.presence import Presence
from contactcenter_ari.core.agents.roster import Roster
from contactcenter_ari.core.agents.staffing import Staffing
from contactcenter_ari.core.agents.wrap_up import WrapUps


class Workforce:
    """The parts, for rooms that need more than one; `window` is over how long occupancy is
    weighed.
    """

    def __init__(self, window: timedelta) -> None:
        self.staffing = Staffing(window)
        self.roster = Roster(window, self.staffing)
        moves = AgentMoves(self.roster, self.staffing)
        self.wrap_ups = WrapUps(self.roster, moves)
        self.contacts = Contacts(moves, self.staffing, self.wrap_ups)
        self.presence = Presence(self.roster, self.staffing, moves, self.wrap_ups)

    def __repr__(self) -> str:
        return f"<Workforce of {self.roster!r}>"
