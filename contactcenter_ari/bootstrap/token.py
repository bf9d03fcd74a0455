"""Who a token belongs to: the administrator's from its file, all others from the directory."""

from secrets import compare_digest

from contactcenter_ari.postgres.directory import Directory, Role, TokenHolder

ADMINISTRATOR = TokenHolder(name="administrator", role=Role.ADMIN, agent=None)


class Tokens:
    """Finds holders; the administrator's token works while the database is away, too."""

    def __init__(self, directory: Directory, administrator: str) -> None:
        self._directory = directory
        self._administrator = administrator.encode()

    def __repr__(self) -> str:
        """Tell no secret."""
        return f"<Tokens of {self._directory!r}>"

    async def find_token(self, token: str) -> TokenHolder | None:
        """Who the token belongs to, if anyone; raises DatabaseUnreachable."""
        if compare_digest(token.encode("utf-8", "replace"), self._administrator):
            return ADMINISTRATOR
        return await self._directory.find_token(token)
