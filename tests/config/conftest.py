"""A small site that is right, for tests to break."""

from collections.abc import Callable
from pathlib import Path

import pytest

FLOW = """\
flow: desk
numbers: ["+31201234567"]
timezone: Europe/Amsterdam
languages: [en]
flags: {storm: "off"}
variables: {pin: digits, size: integer, level: [low, high]}
hours:
  office:
    mon-fri: 08:30-17:30
lookups:
  account:
    sql: SELECT balance FROM account WHERE pin = :pin
    inputs: {pin: digits}
    returns: {balance: money EUR}
prompts:
  hello: {en: Hello.}
  bye: {en: "Goodbye {pin | digits}."}
sections:
  start:
    - answer
    - play: hello
    - menu: hello
      choices: {"1": sales}
      failed: sales
  sales:
    - queue: sales
      next: {timeout: hangup, no_agents: hangup}
"""

SYSTEM_PROMPTS = (
    "agent_logged_in",
    "agent_logged_out",
    "agent_ready",
    "agent_not_ready",
    "agent_unknown_phone",
    "feature_code_unknown",
    "request_refused",
    "apology",
    "goodbye",
    "no_flow",
)

SITE = "name: test\nlanguages: [en, nl]\nprompts:\n" + "".join(
    f"  {name}: {{en: x, nl: x}}\n" for name in SYSTEM_PROMPTS
)

WriteSite = Callable[..., Path]


@pytest.fixture
def flow_text() -> str:
    """A flow file without a mistake."""
    return FLOW


@pytest.fixture
def site_text() -> str:
    """A site.yaml without a mistake."""
    return SITE


@pytest.fixture
def write_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WriteSite:
    """Write a site folder; a file given by keyword replaces the right one, None leaves it out."""
    monkeypatch.chdir(tmp_path)

    def write(**files: str | None) -> Path:
        folder = tmp_path / "callflows"
        folder.mkdir()
        texts = {"desk": FLOW, "queues": "sales: {max_wait: 10m}\n", "site": SITE, **files}
        for name, text in texts.items():
            if text is not None:
                (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return folder

    return write
