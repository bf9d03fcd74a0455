"""The directory: agents whole or not at all, secrets generated, mistakes told plainly."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import psycopg
import pytest

from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.vocabulary.ids import AgentId, QueueName
from contactcenter_ari.core.vocabulary.role import Role
from contactcenter_ari.machine.port import Protocol, free_port
from contactcenter_ari.postgres.connection import Database
from contactcenter_ari.postgres.directory import Directory
from contactcenter_ari.postgres.errors import AgentFileInvalid, DatabaseUnreachable
from contactcenter_ari.postgres.statement import statement
from contactcenter_ari.postgres.token import ApiTokens, token_hash


@pytest.fixture
async def directory(database_url: str) -> AsyncIterator[Directory]:
    """An empty directory."""
    async with Database(database_url) as database:
        yield Directory(database)


@pytest.fixture
async def tokens(database_url: str) -> AsyncIterator[ApiTokens]:
    """The tokens of the same database."""
    async with Database(database_url) as database:
        yield ApiTokens(database)


@pytest.fixture
def agent_file(tmp_path: Path) -> Path:
    """The path of a file of agents."""
    return tmp_path / "agents.csv"


def write(path: Path, text: str) -> None:
    """Write a file of agents, with the byte order mark that spreadsheets put there."""
    path.write_text(text, encoding="utf-8-sig")


async def test_a_new_agent_has_a_phone_and_a_token(
    directory: Directory, tokens: ApiTokens
) -> None:
    """The phone's name is not the extension, its secret is long, and the token opens the door."""
    new = await directory.add_agent("101", "Ann O'Neil", ["sales", "claims"], "nl")
    assert new.profile.phone != "101"
    assert len(new.credential.secret) >= 24
    assert new.profile.queues == ("claims", "sales")
    (record,) = await tokens.valid()
    assert record.sha256 == token_hash(new.token)
    assert (record.name, record.role, record.agent) == ("Ann O'Neil", "agent", "101")
    assert await directory.load_profiles() == [new.profile]
    assert await directory.phone_logins() == [new.credential.login]


async def test_secrets_are_not_shown_nor_kept(directory: Directory, database_url: str) -> None:
    """A token and a phone's secret are in the database as hashes alone, and in no repr."""
    new = await directory.add_agent("101", "Ann")
    renewed = await directory.renew_secret(AgentId("101"))
    with psycopg.connect(database_url) as connection:
        found = connection.execute("select api_token::text from api_token").fetchall()
        found += connection.execute("select phone::text from phone").fetchall()
    assert renewed.phone in str(found)
    for secret in (new.token, new.credential.secret, renewed.secret):
        assert secret not in str(found)
    assert renewed.login.digest not in repr(renewed.login)
    assert new.token not in repr(new)
    assert new.credential.secret not in repr(new) + repr(new.credential)


async def test_a_taken_extension_is_refused(directory: Directory) -> None:
    """An extension belongs to one agent; nothing of the second is left behind."""
    first = await directory.add_agent("101", "Ann", ["sales"])
    with pytest.raises(RequestRefused, match="Agent 101 exists already") as caught:
        await directory.add_agent("101", "Bob", ["claims"])
    assert caught.value.code == "agent_exists"
    assert await directory.load_profiles() == [first.profile]


@pytest.mark.parametrize("extension", ["1", "1234567", "12a", "", " 12", "١٢٣", "12\n"])
async def test_an_extension_is_2_to_6_digits(directory: Directory, extension: str) -> None:
    """Anything else is refused in words."""
    with pytest.raises(RequestRefused, match="is not 2 to 6 digits"):
        await directory.add_agent(extension, "Ann")


@pytest.mark.parametrize("name", ["", "a\x00b", "x" * 101, "\ud800"])
async def test_a_name_is_printable(directory: Directory, name: str) -> None:
    """A name that no screen can show is refused."""
    with pytest.raises(RequestRefused, match="printable"):
        await directory.add_agent("101", name)


async def test_a_removed_agent_is_gone(directory: Directory, tokens: ApiTokens) -> None:
    """Phone and token go with the agent; who is not there cannot be removed."""
    await directory.add_agent("101", "Ann", ["sales"])
    await directory.remove_agent(AgentId("101"))
    with pytest.raises(RequestRefused, match="There is no agent 101"):
        await directory.remove_agent(AgentId("101"))
    assert await tokens.valid() == []
    assert await directory.phone_logins() == []


async def test_an_agent_is_edited(directory: Directory, tokens: ApiTokens) -> None:
    """The given fields change; phone, secret, skills and token stay."""
    new = await directory.add_agent("101", "Ann", ["sales"], "nl", ["dutch=7"])
    before = await tokens.valid()
    await directory.edit_agent(AgentId("101"), name="Anna")
    await directory.edit_agent(AgentId("101"), language="en")
    await directory.edit_agent(AgentId("101"), queues=["claims", "sales", "claims"])
    queues = (QueueName("claims"), QueueName("sales"))
    edited = msgspec.structs.replace(new.profile, name="Anna", language="en", queues=queues)
    assert await directory.load_profiles() == [edited]
    assert await directory.phone_logins() == [new.credential.login]
    assert await tokens.valid() == before
    await directory.edit_agent(AgentId("101"), queues=[])
    assert (await directory.load_profiles())[0].queues == ()


async def test_a_phone_gets_another_secret(directory: Directory) -> None:
    """The user stays, the secret before is gone."""
    new = await directory.add_agent("101", "Ann")
    renewed = await directory.renew_secret(AgentId("101"))
    assert (renewed.phone, renewed.agent) == (new.credential.phone, "101")
    assert renewed.secret != new.credential.secret
    assert await directory.phone_logins() == [renewed.login]


async def test_an_agent_gets_another_token(directory: Directory, tokens: ApiTokens) -> None:
    """The one before is revoked and stays in the record."""
    new = await directory.add_agent("101", "Ann")
    renewed = await directory.renew_token(AgentId("101"))
    (valid,) = await tokens.valid()
    assert valid.sha256 == token_hash(renewed)
    revoked = [one for one in await tokens.all() if one.revoked_at is not None]
    assert [one.sha256 for one in revoked] == [token_hash(new.token)]


async def test_who_is_not_there_cannot_be_changed(directory: Directory) -> None:
    """An agent cannot be changed into an invalid one, either."""
    nobody = AgentId("109")
    for change in (
        directory.edit_agent(nobody, name="Ann"),
        directory.renew_secret(nobody),
        directory.renew_token(nobody),
    ):
        with pytest.raises(RequestRefused, match="There is no agent 109"):
            await change
    new = await directory.add_agent("101", "Ann")
    for bad in ({"name": "a\x00b"}, {"language": "English!"}, {"queues": ["no queue"]}):
        with pytest.raises(RequestRefused) as refused:
            await directory.edit_agent(AgentId("101"), **bad)
        assert refused.value.code == "agent_invalid"
    assert await directory.load_profiles() == [new.profile]


async def test_a_file_of_agents_is_imported(directory: Directory, agent_file: Path) -> None:
    """Columns may come in any order, with a byte order mark; queues are split at `;`."""
    write(
        agent_file,
        'name,extension,queues,language\n"Jansen, Ann",101,sales; claims,nl\nBob,102,,\n',
    )
    added = await directory.import_agents(agent_file)
    profiles = await directory.load_profiles()
    assert [agent.profile for agent in added] == profiles
    assert [(p.agent, p.name, p.queues, p.language) for p in profiles] == [
        ("101", "Jansen, Ann", ("claims", "sales"), "nl"),
        ("102", "Bob", (), "en"),
    ]


async def test_a_bad_file_changes_nothing(directory: Directory, agent_file: Path) -> None:
    """Every problem is reported with line and column, and no agent is added."""
    write(
        agent_file,
        "extension,name,queues,language\n101,Ann,sales,en\n1x,Bob,sales,en\n"
        "101,Cas,sal/es,english!\n",
    )
    with pytest.raises(AgentFileInvalid) as caught:
        await directory.import_agents(agent_file)
    assert caught.value.problems == [
        f'{agent_file}:3: column "extension": "1x" is not 2 to 6 digits',
        f'{agent_file}:4: column "queues": "sal/es" is not the name of a queue',
        f'{agent_file}:4: column "language": "english!" is not a language such as en',
        f'{agent_file}:4: column "extension": 101 is on line 2 already',
    ]
    assert await directory.load_profiles() == []


async def test_an_agent_has_skills(directory: Directory) -> None:
    """With their levels; they can be given, changed and taken away later."""
    new = await directory.add_agent("101", "Ann", skills=["dutch=7", "billing=3"])
    assert new.profile.skills == {"dutch": 7, "billing": 3}
    assert await directory.load_profiles() == [new.profile]
    await directory.change_skills(AgentId("101"), ["dutch=9", "legal=1"], ["billing", "none"])
    (changed,) = await directory.load_profiles()
    assert changed.skills == {"dutch": 9, "legal": 1}
    with pytest.raises(RequestRefused, match="There is no agent 102"):
        await directory.change_skills(AgentId("102"), ["dutch=9"])
    with pytest.raises(RequestRefused, match='"dutch=10" is not a skill with a level of 1'):
        await directory.change_skills(AgentId("101"), ["dutch=10"])


@pytest.mark.parametrize(
    "skill", ["dutch", "dutch=", "dutch=0", "dutch=10", "=7", "du tch=7", "dutch=7=7", "a\x00=1"]
)
async def test_a_skill_is_a_name_and_a_level(directory: Directory, skill: str) -> None:
    """Anything else is refused in words, and no agent is added."""
    with pytest.raises(RequestRefused, match="such as dutch=7"):
        await directory.add_agent("101", "Ann", skills=[skill])
    with pytest.raises(RequestRefused, match='skill "dutch" is given twice'):
        await directory.add_agent("101", "Ann", skills=["dutch=7", "dutch=8"])
    assert await directory.load_profiles() == []


async def test_a_file_may_tell_skills(directory: Directory, agent_file: Path) -> None:
    """Split like queues; a wrong one is reported with line and column."""
    write(agent_file, "extension,name,queues,skills\n101,Ann,,dutch=7; billing=3\n102,Bob,,\n")
    added = await directory.import_agents(agent_file)
    assert [agent.profile.skills for agent in added] == [{"dutch": 7, "billing": 3}, {}]
    assert await directory.load_profiles() == [agent.profile for agent in added]
    write(agent_file, "extension,name,queues,skills\n103,Cas,,dutch=best\n")
    with pytest.raises(AgentFileInvalid, match=r'csv:2: column "skills": "dutch=best" is not a'):
        await directory.import_agents(agent_file)


async def test_an_imported_agent_may_not_exist(directory: Directory, agent_file: Path) -> None:
    """An extension in use is reported with its line, and the others are not added either."""
    first = await directory.add_agent("102", "Bob")
    write(agent_file, "extension,name,queues\n101,Ann,\n102,Bob,\n")
    with pytest.raises(AgentFileInvalid, match=r'csv:3: column "extension": agent 102 exists'):
        await directory.import_agents(agent_file)
    assert await directory.load_profiles() == [first.profile]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", 'csv:1: column "extension" is missing'),
        (b"extension,name,queues,color\n", 'csv:1: column "color" is unknown'),
        (b"extension,name,queues\n101,Ann\n", "csv:2: "),
        (b"extension,name,queues\n101,Ann,sales,x\n", "csv:2: "),
        (b'extension,name,queues\n101,"Ann,sales\n', "csv:2: "),
        (b"extension,name,queues\n101,\xff,sales\n", "it is not UTF-8 text"),
    ],
)
async def test_a_broken_file_is_told(
    directory: Directory, agent_file: Path, content: bytes, expected: str
) -> None:
    """The error names the location at which a file is no table of agents."""
    _write_bytes(agent_file, content)
    with pytest.raises(AgentFileInvalid, match=expected):
        await directory.import_agents(agent_file)


def _write_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)


async def test_a_missing_file_is_told(directory: Directory, agent_file: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(AgentFileInvalid, match=r"agents\.csv: cannot be read: No such file"):
        await directory.import_agents(agent_file)


async def test_no_database_is_told() -> None:
    """Without a database the directory says so, naming the setting."""
    url = f"postgresql://u:secret@127.0.0.1:{free_port(Protocol.TCP)}/x"
    async with Database(url, wait_limit=timedelta(milliseconds=200)) as database:
        with pytest.raises(DatabaseUnreachable, match="CC_DATABASE_URL") as caught:
            await Directory(database).load_profiles()
    assert "secret" not in str(caught.value)


async def test_each_change_of_people_is_counted(
    directory: Directory, tokens: ApiTokens, database_url: str
) -> None:
    """A center that runs reads them again then, and not before."""
    new = await directory.add_agent("101", "Ann", ["sales"])
    agent = new.profile.agent
    changes: dict[str, Callable[[], Awaitable[object]]] = {
        "another agent": lambda: directory.add_agent("102", "Bo"),
        "name": lambda: directory.edit_agent(agent, name="Anna"),
        "queues": lambda: directory.edit_agent(agent, queues=["claims"]),
        "skill": lambda: directory.change_skills(agent, ["french=2"]),
        "no skill": lambda: directory.change_skills(agent, drop=["french"]),
        "secret": lambda: directory.renew_secret(agent),
        "token": lambda: directory.renew_token(agent),
        "no agent": lambda: directory.remove_agent(agent),
        "report": lambda: tokens.add("report", Role.SUPERVISOR),
        "no report": lambda: tokens.revoke("report"),
    }
    for name, change in changes.items():
        before = await _revision(database_url)
        await change()
        assert await _revision(database_url) > before, name
    before = await _revision(database_url)
    await directory.load_profiles()
    await tokens.valid()
    assert await _revision(database_url) == before


async def _revision(url: str) -> int:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        found = await connection.execute(statement("health/look"))
        row = await found.fetchone()
    assert row is not None
    return int(row[1])
