"""Errors of the database, in sentences an operator can act on."""

from contactcenter_ari.core.errors import ContactCenterError


class DatabaseUnreachable(ContactCenterError):
    """The database named by CC_DATABASE_URL cannot be used; the password is not in the message."""


class DatabaseAway(DatabaseUnreachable):
    """Nothing answers there now. It may come back by itself, unlike a refusal."""


class LookUpRoleRefused(ContactCenterError):
    """The role of look-ups is not as it should be; the message has the SQL that helps."""


class SchemaMismatch(ContactCenterError):
    """The tables in the database are not those this version of the program made."""


class AgentFileInvalid(ContactCenterError):
    """A file of agents is wrong; `problems` name file, line and column, one each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
