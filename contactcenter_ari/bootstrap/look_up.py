"""Look-ups: each question to the source that can answer it."""

from contactcenter_ari.core.vocabulary.command import LookUp
from contactcenter_ari.core.vocabulary.signal import LookUpFailed, LookUpFinished
from contactcenter_ari.postgres.look_up import LookUps
from contactcenter_ari.web.look_up import WebLookUps


class AllLookUps:
    """The database for SQL, web services for addresses."""

    def __init__(self, database: LookUps, web: WebLookUps) -> None:
        self._database = database
        self._web = web

    def __repr__(self) -> str:
        """Tell what is asked."""
        return f"<AllLookUps {self._database!r}, {self._web!r}>"

    async def answer(self, look_up: LookUp) -> LookUpFinished | LookUpFailed:
        """The answer, or why there is none, within the question's limit."""
        source = self._web if look_up.url else self._database
        return await source.answer(look_up)
