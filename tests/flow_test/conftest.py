"""A small site with most verbs of the language, and stories told in a line."""

from collections.abc import Callable
from pathlib import Path
from textwrap import indent

import pytest

from contactcenter_ari.config.site_file import NEEDED_PROMPTS
from contactcenter_ari.flow_test.runner import StoryResult
from contactcenter_ari.flow_test.suite import run_files

FLOW = """\
flow: desk
numbers: ["+31201234567", "+31207654321"]
timezone: Europe/Amsterdam
languages: [en]
dial_allow: ["+316"]
flags: {storm: "off"}
variables: {pin: digits, size: digits}
hours:
  office:
    mon-fri: 08:30-17:30
lookups:
  account:
    sql: SELECT balance FROM account WHERE pin = :pin
    inputs: {pin: digits}
    returns: {balance: money EUR}
prompts:
  hello: {en: Hello there.}
  menu: {en: "For sales, press 1."}
  ask_pin: {en: Please enter your pin.}
  ask_size: {en: What size?}
  right: {en: "You typed {size | digits}. For yes, press 1. To type again, press 2."}
  balance: {en: "You have {account.balance | money}."}
  trouble: {en: We cannot look that up.}
  position: {en: "You are number {queue.position | number}."}
  wait: {en: "About {queue.wait | duration}."}
  longer: {en: It takes longer than we said.}
  shut: {en: This line is closed.}
  too_many: {en: Too many callers are waiting.}
  take_it: {en: "A caller. Press 1 to take the call."}
  speak: {en: Please speak.}
  storm: {en: There is a storm.}
  bye: {en: Goodbye.}
  no_input: {en: I heard nothing.}
  no_match: {en: That was no choice.}
sections:
  start:
    - answer
    - play: hello
    - play: storm
      when: flag.storm
    - goto: choosing
  choosing:
    - menu: menu
      choices: {"1": sales, "2": account, "3": boss, "4": sizes, "5": clerk, \
"6": message, "7": later, "8": away, "9": half, "0": claims}
      no_input: no_input
      no_match: no_match
      tries: 2
      failed: bye
  account:
    - gather: pin
      prompt: ask_pin
      digits: 4
      sensitive: true
      barge_in: false
      failed: bye
    - lookup: account
      with: {pin: pin}
      next: {found: [play: balance], not_found: choosing, error: [play: trouble]}
    - tag: {topic: '"balance"'}
    - goto: bye
  sizes:
    - gather: size
      prompt: ask_size
      confirm: right
      digits: 1-2
      no_match: no_match
      tries: 3
      failed: bye
    - goto: bye
  sales:
    - queue: sales
      announce: [{prompt: position, after: 20s, every: 30s}]
      keys: {"1": bye}
      max_wait: 2m
      next: {answered: bye, timeout: bye, no_agents: bye, full: bye}
  boss:
    - dial: '"+31611112222"'
      screen: take_it
      next: {answered: bye, busy: bye, no_answer: bye, declined: bye, failed: bye}
  clerk:
    - agent: '"101"'
      next: {answered: bye, busy: bye, no_answer: bye, not_available: bye}
  message:
    - voicemail: desk
      prompt: speak
      max_length: 1m
      next: {saved: bye, empty: choosing}
  later:
    - callback: sales
      next: {booked: bye, refused: choosing}
  away:
    - recording: start
    - gather: pin
      prompt: ask_pin
      digits: 4
      sensitive: true
      failed: bye
    - recording: stop
    - transfer: '"+31611113333"'
    - goto: bye
  half:
    - split: {sales: 50, clerk: 50}
  bye:
    - play: bye
      barge_in: false
    - hangup
  claims:
    - queue: claims
      skills: {dutch: 5}
      announce: [{prompt: wait, after: 10s, every: 30s, longer: longer}]
      max_wait: 5m
      next:
        answered: bye
        timeout: bye
        no_agents: bye
        closed: [play: shut]
        diverted: [play: too_many]
    - goto: bye
"""

SITE = "name: test\nlanguages: [en]\nprompts:\n" + "".join(
    f"  {name}: {{en: x}}\n" for name in NEEDED_PROMPTS
)
HEAD = 'flow: desk.yaml\ndefaults: {at: 2026-03-10 10:00, from: "+31612345678"}\ntests:\n'

Tell = Callable[..., StoryResult]
"""Plays one story given as YAML: script lines, and more keys of the test."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the site; the present one, so that messages name files alone."""
    callflows = tmp_path / "callflows"
    callflows.mkdir()
    (callflows / "desk.yaml").write_text(FLOW)
    (callflows / "site.yaml").write_text(SITE)
    (callflows / "queues.yaml").write_text("sales: {wrap_up: 1s}\nclaims:\n")
    monkeypatch.chdir(callflows)
    return callflows


@pytest.fixture
def tell(folder: Path) -> Tell:
    """Play one story."""

    def told(*script: str, **more: str) -> StoryResult:
        lines = "".join(f"- {line}\n" for line in script)
        text = f"{HEAD}  - name: Story\n"
        text += "".join(f"    {key}: {value}\n" for key, value in more.items())
        text += f"    script:\n{indent(lines, '      ')}" if script else ""
        path = folder / "desk.test.yaml"
        path.write_text(text)
        (done,) = run_files([path])
        (story,) = done.results
        return story

    return told
