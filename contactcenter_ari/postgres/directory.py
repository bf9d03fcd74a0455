"""The directory: agents and their phones.

Promises: an agent is added whole or not at all; secrets are generated here, a phone's is kept
as digest authentication needs it, a token only as its hash and shown once.
"""

import asyncio
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import psycopg

from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.vocabulary.ids import AgentId, PhoneId, QueueName
from contactcenter_ari.core.vocabulary.request import AgentProfile
from contactcenter_ari.core.vocabulary.role import Role
from contactcenter_ari.core.vocabulary.skill import Skills
from contactcenter_ari.postgres.agent_file import (
    AgentEntry,
    entry_problems,
    read_agent_file,
    read_skills,
    skill_problems,
)
from contactcenter_ari.postgres.connection import Connection, Database
from contactcenter_ari.postgres.errors import AgentFileInvalid
from contactcenter_ari.postgres.statement import statement
from contactcenter_ari.postgres.token import insert_token, renew_agent_token
from contactcenter_ari.runtime.phone_digest import phone_digest

_SECRET_LENGTH = 32
_SECRET_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class PhoneCredential:
    """The account that a phone registers with."""

    phone: PhoneId
    agent: AgentId
    secret: str

    def __repr__(self) -> str:
        return f"<PhoneCredential {self.phone} of agent {self.agent}>"

    @property
    def login(self) -> "PhoneLogin":
        """The digest of the secret, which is kept."""
        return PhoneLogin(self.phone, self.agent, phone_digest(self.phone, self.secret))


@dataclass(frozen=True, slots=True)
class PhoneLogin:
    """The account of a phone as the switch must know it: with a digest of its secret."""

    phone: PhoneId
    agent: AgentId
    digest: str

    def __repr__(self) -> str:
        return f"<PhoneLogin {self.phone} of agent {self.agent}>"


@dataclass(frozen=True, slots=True)
class NewAgent:
    """An agent just added, with the secrets; the token is not shown again."""

    profile: AgentProfile
    credential: PhoneCredential
    token: str

    def __repr__(self) -> str:
        return f"<NewAgent {self.profile.agent}>"


class Directory:
    """The people in a database; its methods raise DatabaseUnreachable when that is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_agent(
        self,
        extension: str,
        name: str,
        queues: Sequence[str] = (),
        language: str = "en",
        skills: Sequence[str] = (),
    ) -> NewAgent:
        """Add one agent with a phone and a token; a skill is `NAME=LEVEL`.

        Raises RequestRefused: `agent_invalid`, or `agent_exists` for a taken extension.
        """
        queues = tuple(dict.fromkeys(queues))
        entry = AgentEntry(extension, name, queues, language, tuple(skills))
        if problems := entry_problems(entry):
            column, sentence = problems[0]
            raise RequestRefused("agent_invalid", f"{column}: {sentence}")
        async with self._database.connection() as connection, connection.transaction():
            return await _add(connection, entry)

    async def import_agents(self, path: Path) -> list[NewAgent]:
        """Add all agents of a CSV file, or none; raises AgentFileInvalid with every problem."""
        entries = await asyncio.to_thread(read_agent_file, path)
        known = {profile.agent for profile in await self.load_profiles()}
        taken = [
            f'{path}:{line}: column "extension": agent {entry.extension} exists already'
            for line, entry in entries
            if entry.extension in known
        ]
        if taken:
            raise AgentFileInvalid(taken)
        async with self._database.connection() as connection, connection.transaction():
            return [await _add(connection, entry) for _, entry in entries]

    async def change_skills(
        self, agent: AgentId, put: Sequence[str] = (), drop: Sequence[str] = ()
    ) -> None:
        """Give an agent skills (`NAME=LEVEL`) or other levels in them, and take others away.

        Raises RequestRefused: `agent_unknown`, or `skill_invalid`.
        """
        if problems := skill_problems(put):
            raise RequestRefused("skill_invalid", problems[0])
        async with self._database.connection() as connection, connection.transaction():
            found = await connection.execute(statement("directory/lock_agent"), {"agent": agent})
            if found.rowcount == 0:
                raise _unknown(agent)
            await connection.execute(
                statement("directory/drop_skills"), {"agent": agent, "skills": list(drop)}
            )
            await _put_skills(connection, agent, read_skills(put))

    async def edit_agent(
        self,
        agent: AgentId,
        *,
        name: str | None = None,
        language: str | None = None,
        queues: Sequence[str] | None = None,
    ) -> None:
        """Change what is given; the phone keeps its user and its secret.

        Raises RequestRefused: `agent_unknown`, `agent_invalid`.
        """
        wanted = None if queues is None else tuple(dict.fromkeys(queues))
        entry = AgentEntry(agent, name or "-", wanted or (), language or "en")
        if problems := entry_problems(entry):
            column, sentence = problems[0]
            raise RequestRefused("agent_invalid", f"{column}: {sentence}")
        async with self._database.connection() as connection, connection.transaction():
            found = await connection.execute(
                statement("directory/edit_agent"),
                {"agent": agent, "name": name, "language": language},
            )
            if found.rowcount == 0:
                raise _unknown(agent)
            if wanted is not None:
                await connection.execute(
                    statement("directory/put_queues"), {"agent": agent, "queues": list(wanted)}
                )

    async def renew_secret(self, agent: AgentId) -> PhoneCredential:
        """Another secret for an agent's phone; the one before opens nothing any more.

        Raises RequestRefused: `agent_unknown`.
        """
        async with self._database.connection() as connection, connection.transaction():
            cursor = await connection.execute(statement("directory/lock_phone"), {"agent": agent})
            row = await cursor.fetchone()
            if row is None:
                raise _unknown(agent)
            credential = PhoneCredential(PhoneId(str(row[0])), agent, _new_secret())
            await connection.execute(
                statement("directory/renew_secret"),
                {"phone": credential.phone, "digest": credential.login.digest},
            )
        return credential

    async def renew_token(self, agent: AgentId) -> str:
        """Another token for an agent; the ones before are revoked.

        Raises RequestRefused: `agent_unknown`.
        """
        async with self._database.connection() as connection, connection.transaction():
            cursor = await connection.execute(statement("directory/lock_agent"), {"agent": agent})
            row = await cursor.fetchone()
            if row is None:
                raise _unknown(agent)
            return await renew_agent_token(connection, agent, str(row[0]))

    async def remove_agent(self, agent: AgentId) -> None:
        """Take an agent, the phone and the tokens out; raises RequestRefused `agent_unknown`."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                statement("directory/remove_agent"), {"agent": agent}
            )
        if cursor.rowcount == 0:
            raise _unknown(agent)

    async def load_profiles(self) -> list[AgentProfile]:
        """All agents, by extension."""
        return await self._database.rows("directory/profiles", AgentProfile)

    async def phone_logins(self) -> list[PhoneLogin]:
        """The accounts that the switch must know to let the phones register."""
        return await self._database.rows("directory/phones", PhoneLogin)


async def _add(connection: Connection, entry: AgentEntry) -> NewAgent:
    credential = PhoneCredential(
        phone=PhoneId(f"phone-{secrets.token_hex(6)}"),
        agent=AgentId(entry.extension),
        secret=_new_secret(),
    )
    try:
        await _insert(connection, entry, credential)
    except psycopg.errors.UniqueViolation as error:
        raise RequestRefused("agent_exists", f"Agent {entry.extension} exists already") from error
    token = await insert_token(connection, entry.name, Role.AGENT, credential.agent)
    profile = AgentProfile(
        agent=credential.agent,
        name=entry.name,
        phone=credential.phone,
        language=entry.language,
        queues=tuple(QueueName(queue) for queue in sorted(entry.queues)),
        skills=read_skills(entry.skills),
    )
    return NewAgent(profile, credential, token)


async def _insert(connection: Connection, entry: AgentEntry, credential: PhoneCredential) -> None:
    await connection.execute(
        statement("directory/add_agent"),
        {
            "agent": entry.extension,
            "name": entry.name,
            "language": entry.language,
            "queues": list(entry.queues),
            "phone": credential.phone,
            "digest": credential.login.digest,
        },
    )
    await _put_skills(connection, credential.agent, read_skills(entry.skills))


async def _put_skills(connection: Connection, agent: AgentId, skills: Skills) -> None:
    if skills:
        levels = msgspec.json.encode(skills).decode()
        await connection.execute(
            statement("directory/put_skills"), {"agent": agent, "skills": levels}
        )


def _new_secret() -> str:
    return "".join(secrets.choice(_SECRET_LETTERS) for _ in range(_SECRET_LENGTH))


def _unknown(agent: AgentId) -> RequestRefused:
    return RequestRefused("agent_unknown", f"There is no agent {agent}")
