"""The reach of look-ups is checked before a caller meets it: tables, and hosts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contactcenter_ari.config.site import check_site
from contactcenter_ari.core.flow.language.declaration import HttpLookUp

RIGHT = "sql: SELECT balance FROM account WHERE pin = :pin"
WriteSite = Callable[..., Path]


@pytest.fixture
def told(write_site: WriteSite, flow_text: str, site_text: str) -> Callable[..., list[str]]:
    """The problems of a look-up, by code and word."""

    def check(source: str, site: str = site_text) -> list[str]:
        block = f"sql: |\n      {source} -- :pin"
        flow = flow_text.replace(RIGHT, source if source.startswith("http:") else block)
        _, problems = check_site(write_site(desk=flow, site=site))
        found = [problem for problem in problems if problem.code.startswith("E81")]
        return [
            f"{each.code} {each.source[each.column - 1 : each.column - 1 + each.length]}"
            for each in found
        ]

    return check


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT balance FROM account",
        "SELECT balance FROM public.account AS a JOIN customer c ON a.id = c.id",
        'SELECT balance FROM "account", customer',
        "SELECT balance FROM (SELECT balance FROM account) AS a",
        "WITH mine AS (SELECT balance FROM account) SELECT balance FROM mine",
        "WITH mine AS MATERIALIZED (SELECT balance FROM account) SELECT balance FROM mine",
        "SELECT extract(year FROM opened) AS balance FROM account",
        "SELECT trim(both from name) AS balance FROM account",
        "SELECT balance FROM account WHERE name IS DISTINCT FROM note",
        "SELECT balance FROM generate_series(1, 2) AS g(balance)",
        "SELECT 'from secret; pg_read_file' AS balance",
        "SELECT balance::numeric FROM account ORDER BY pg_sleep(0)",
        "SELECT balance, (SELECT 1 FROM customer) FROM account, LATERAL (SELECT 2) AS two",
        "VALUES (1)",
    ],
)
def test_what_is_listed_is_read(told: Callable[..., list[str]], sql: str) -> None:
    """Sub-queries, parts, functions and casts are no tables."""
    assert told(sql) == []


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT balance FROM agent", ["E810 agent"]),
        ("SELECT balance FROM account JOIN phone AS p ON true", ["E810 phone"]),
        ("SELECT balance FROM account, api_token", ["E810 api_token"]),
        ("SELECT balance FROM account AS a, phone AS p, customer", ["E810 phone"]),
        ("SELECT (SELECT secret FROM phone) AS balance FROM account", ["E810 phone"]),
        ("SELECT balance FROM other.account", ["E810 other.account"]),
        ("SELECT balance FROM ONLY phone", ["E810 phone"]),
        ("SELECT pg_read_file('/etc/passwd') AS balance", ["E810 pg_read_file"]),
        ("SELECT pg_catalog.pg_read_file('x') AS balance", ["E810 pg_catalog.pg_read_file"]),
        ("SELECT LO_IMPORT('x') AS balance", ["E810 LO_IMPORT"]),
        ("SELECT balance FROM dblink('x', 'y') AS d(balance text)", ["E810 dblink"]),
        ("SELECT rolname AS balance FROM pg_roles", ["E810 pg_roles"]),
        ("SELECT query_to_xml('x', true, true, '') AS balance", ["E810 query_to_xml"]),
        ("SELECT set_config('role', 'x', false) AS balance", ["E810 set_config"]),
        ("SELECT balance FROM account FOR UPDATE", ["E810 FOR"]),
        ("SELECT balance FROM account FOR NO KEY UPDATE", ["E810 FOR"]),
        ("SELECT balance INTO mine FROM account", ["E810 INTO"]),
        ("COPY account TO '/tmp/x'", ["E810 COPY"]),
        ("DELETE FROM account", ["E810 DELETE"]),
        ("SELECT balance FROM account; DROP TABLE account", ["E810 DROP"]),
    ],
)
def test_what_is_not_listed_is_told(
    told: Callable[..., list[str]], sql: str, expected: list[str]
) -> None:
    """Other tables, the files and catalogs of the server, and whatever writes."""
    assert told(sql) == expected


def test_a_site_without_a_list_is_warned(told: Callable[..., list[str]], site_text: str) -> None:
    """Its look-ups can read nothing."""
    site = site_text.replace("lookup_tables: [account, customer]\n", "")
    assert told("SELECT balance FROM account", site) == ["E811 account"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "10.0.0.1:8080", "[::1]", "crm.localhost"]
)
def test_a_private_host_must_be_listed(told: Callable[..., list[str]], host: str) -> None:
    """A problem that the address shows is told."""
    (problem,) = told(f"http: http://{host}/accounts/{{pin}}")
    assert problem.startswith("E812 ")


@pytest.mark.parametrize(
    ("host", "listed", "private"),
    [
        ("127.0.0.1:8080", "127.0.0.1", True),
        ("127.0.0.1:8080", "127.0.0.1:8080", True),
        ("Crm.Internal", "crm.internal:80", True),
        ("[::1]:9000", "[::1]:9000", True),
        ("crm.internal:81", "crm.internal:80", False),
        ("crm.example", "crm.internal", False),
    ],
)
def test_a_listed_host_may_be_private(
    write_site: WriteSite, flow_text: str, site_text: str, *, host: str, listed: str, private: bool
) -> None:
    """With its port or with any; all others must be public when they are asked."""
    flow = flow_text.replace(RIGHT, f"http: http://{host}/accounts/{{pin}}")
    folder = write_site(desk=flow, site=f'{site_text}lookup_hosts: ["{listed}"]\n')
    site, problems = check_site(folder)
    assert problems == []
    source = site.flows[0].look_ups["account"]
    assert isinstance(source, HttpLookUp)
    assert source.private is private


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("lookup_tables: [account; drop]", "E105"),
        ("lookup_tables: [account, customer, account]", "E211"),
        ("lookup_tables: {account: yes}", "E105"),
        ("lookup_hosts: [http://crm.internal]", "E105"),
        ("lookup_host: [crm.internal]", "E101"),
    ],
)
def test_a_bad_list_is_told(write_site: WriteSite, site_text: str, line: str, code: str) -> None:
    """At its place in site.yaml."""
    site = site_text.replace("lookup_tables: [account, customer]\n", "") + line + "\n"
    _, problems = check_site(write_site(site=site))
    assert code in {problem.code for problem in problems}
