"""A small site that is right, for tests to break."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contactcenter_ari.config.site_file import NEEDED_PROMPTS

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

EVERYTHING = """\
flow: everything
numbers: ["+31201234567", +31201234568]
timezone: Europe/Amsterdam
languages: [en, nl]
global_keys: {"0": agents, "*": back}
dial_allow: ["+316", +3120]
flags: {storm: off, open: true}
variables: {policy: digits, number: phone, level: [low, high], tried: integer, on: bool}
hours:
  office:
    mon-thu,sat: 08:30-12:00, 13:00-17:30
    fri: [08:30-12:00]
    sun: closed
    holidays: {country: NL, except: [Good Friday], hours: {King's Day: 10:00-14:00}}
    dates: {12-24: 08:30-15:00, 12-31..01-02: closed, 2099-05-05..2099-05-08: closed}
  london: {zone: Europe/London, mon-fri: 22:00-06:00}
lookups:
  customer:
    http: https://crm.example/customers?phone={phone}
    timeout: 1500ms
    inputs: {phone: phone}
    returns: {name: text, status: [standard, gold], balance: money EUR, agent: digits}
prompts:
  wait: {en: "About {queue.wait | duration}.", nl: "Ongeveer {queue.wait | duration}."}
  hello: {en: "Hello, this call is recorded.", nl: ["Hallo.", "Dit gesprek wordt opgenomen."]}
  sums: {en: "{customer.balance | money}", nl: "{customer.balance | money}"}
on_error: agents
on_hangup: [tag: {ended: '"yes"'}, {lookup: customer, with: {phone: caller.number}}]
sections:
  start:
    - answer
    - play: hello
      barge_in: false
      name: greeting
    - wait: 500ms
    - recording: start
    - lookup: customer
      with: {phone: caller.number}
      save_as: customer
      filler: calm
      next: {error: continue}
    - set: {tried: tried + 1, level: high}
    - tag: {level: level}
    - language: nl
      when: customer.status == "gold"
    - call: survey
    - if: flag.open and hours.office.open
      then: [play: sums]
      else: [goto: survey]
    - switch: level
      cases: {low: agents, high: [play: hello]}
      default: main
    - split: {main: 50, agents: 50}
  main:
    - menu: [hello, sums]
      choices: {"1": agents, 2: [agent: 1001, hangup], "3": box, "4": outside, "55": back}
      no_input: [hello]
      no_match: hello
      tries: 2
      timeout: 4s
      inter_digit_timeout: 2s
      barge_in: true
      failed: agents
      next: {no_input: box}
  survey:
    - gather: policy
      prompt: hello
      digits: 4-8
      terminator: none
      matches: "[0-9]+"
      confirm: hello
      sensitive: true
      keys: {"0": agents, "#": [hangup]}
      tries: {no_input: 1, no_match: 4}
      next: {no_input: agents, no_match: [hangup]}
    - return
  agents:
    - queue: sales
      priority: 1 if customer.found else 5
      head_start: 2m
      greeting: hello
      music: calm
      announce:
        - {prompt: hello, after: 10s, every: 1m}
        - {prompt: wait, every: 1m, longer: hello}
      keys: {"1": call_back}
      skills:
        - skills: {dutch: 5, claims: 2}
        - {after: 30s, skills: {dutch: 3}}
        - {after: 60s, skills: {}}
      prefer: customer.agent
      prefer_for: 20s
      max_wait: 15m
      next: {answered: hangup, timeout: call_back, no_agents: box, closed: box, diverted: box}
  call_back:
    - callback: sales
      number: caller.number
      hours: office
      attempts: 5
      retry_after: 30m
      expires: 48h
      next: {booked: hangup, refused: return}
  box:
    - voicemail: sales
      prompt: hello
      max_length: 2m
      max_silence: 8s
      min_speech: 1500ms
      keys: {"0": agents}
      next: {saved: hangup, empty: hangup}
  outside:
    - dial: "+31612345678"
      ring: 20s
      caller_id: called.number
      screen: hello
      next: {answered: hangup, busy: box, no_answer: box, declined: box, failed: continue}
    - transfer: +31201234569
    - play: hello
    - hangup
"""


SITE = "name: test\nlanguages: [en, nl]\nlookup_tables: [account, customer]\nprompts:\n" + "".join(
    f"  {name}: {{en: x, nl: x}}\n" for name in NEEDED_PROMPTS
)

WriteSite = Callable[..., Path]


@pytest.fixture
def flow_text() -> str:
    """A flow file without a mistake."""
    return FLOW


@pytest.fixture
def full_flow() -> str:
    """A flow file with every verb and most options, without a mistake."""
    return EVERYTHING


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
