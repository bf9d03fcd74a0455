"""An agent and their phone, each packet of which the test controls."""

from dataclasses import dataclass

from contactcenter_ari.core.center.view import AgentView
from contactcenter_ari.core.vocabulary.event import AgentState
from contactcenter_ari.core.vocabulary.ids import AgentId
from contactcenter_ari.postgres.directory import NewAgent
from tests.e2e.desk_phone import DeskPhone
from tests.e2e.polling import until
from tests.e2e.world import World


@dataclass(slots=True)
class Seat:
    """An agent at work, and the phone."""

    hired: NewAgent
    phone: DeskPhone
    world: World

    @property
    def agent(self) -> AgentId:
        """The extension."""
        return self.hired.profile.agent

    @property
    def view(self) -> AgentView:
        """The center's view of the agent now."""
        return self.world.agent(self.agent)

    async def until(self, state: AgentState, reason: str | None = None) -> AgentView:
        """Wait until the agent is in a state."""

        def found() -> AgentView | None:
            view = self.view
            right = view.state is state and reason in {None, view.reason}
            return view if right else None

        return await until(found, lambda: f"the agent is {self.view}, not {state} {reason or ''}")

    async def unregister(self) -> None:
        """Tell the center that the phone is gone."""
        credential = self.hired.credential
        await self.phone.register(credential.phone, credential.secret, 0)
