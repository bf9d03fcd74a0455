"""Numbers in flow tests: one caller in many spellings, and what callers of ten countries type."""

from pathlib import Path

import pytest

from contactcenter_ari.config.site_file import NEEDED_PROMPTS
from contactcenter_ari.flow_test.suite import run_files

CALLER = """\
flow: desk
numbers: [NUMBERS]
languages: [en]
dial_allow: ["+31"]
prompts:
  known: {en: "Welcome back."}
  hidden: {en: "Anonymous callers are not served."}
  other: {en: "Hello {caller.number | digits}."}
  booked: {en: "We call you at {caller.number | digits}."}
  refused: {en: "Refused."}
sections:
  start:
    - answer
    - if: caller.number == ""
      then: [play: hidden, hangup]
    - if: caller.number in ["+31611112222"]
      then: [play: known, goto: later]
    - play: other
    - goto: later
  later:
    - callback: sales
      next: {booked: [play: booked, hangup], refused: [play: refused, hangup]}
"""
TYPED = """\
flow: desk
numbers: [NUMBERS]
languages: [en]
variables: {phone: phone}
prompts:
  ask: {en: "Your number, please."}
  bad: {en: "Bad number."}
  got: {en: "Got {phone | digits}."}
sections:
  start:
    - answer
    - gather: phone
      prompt: ask
      digits: 6-15
      no_match: bad
      failed: hangup
    - play: got
    - hangup
"""


def failures(folder: Path, flow: str, test: str, *, site: str = "") -> list[str]:
    """The failures of one test of a flow."""
    names = ", ".join(f"{name}: {{en: {name}}}" for name in NEEDED_PROMPTS)
    (folder / "site.yaml").write_text(
        f"name: small\ntimezone: UTC\nlanguages: [en]\nprompts: {{{names}}}\n{site}"
    )
    (folder / "queues.yaml").write_text("sales: {max_wait: 10m}\n")
    (folder / "desk.yaml").write_text(flow)
    file = folder / "desk.test.yaml"
    file.write_text(f"flow: desk.yaml\ntests:\n  - {{name: x, at: 2026-03-10 10:00, {test}}}\n")
    (done,) = run_files([file])
    return [test.failure.headline for test in done.failed if test.failure]


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        *(
            (spelling, "known")
            for spelling in ("+31611112222", "0611112222", "0031611112222", "31611112222")
        ),
        *(
            (spelling, "known")
            for spelling in ("+31 6 1111 2222", "tel:+31-6-11112222", "0611112222;npdi")
        ),
        ("+442071234567", "other"),
        ("0711112222", "other"),
        ("2041", "other"),
        *((name, "hidden") for name in ("anonymous", "Restricted", "")),
    ],
)
def test_a_caller_in_many_spellings(tmp_path: Path, written: str, heard: str) -> None:
    """One caller, whichever way the carrier writes the number; nobody is no caller."""
    flow = CALLER.replace("NUMBERS", '"+31201234504"')
    assert failures(tmp_path, flow, f'from: "{written}", script: [{{hears: {heard}}}]') == []


@pytest.mark.parametrize(
    ("caller", "heard"),
    [
        ("0201112222", "[start, city]"),
        ("+442079460000", "[start, abroad]"),
        ("0701112222", "[start, hague]"),
        ("0611112222", "[start, mobile]"),
        ("", "[start, hidden]"),
    ],
)
def test_ways_by_area_and_country(tmp_path: Path, caller: str, heard: str) -> None:
    """By the beginning of a number, its area and its country, as cases too."""
    flow = """\
flow: desk
numbers: ["+31201234504"]
languages: [en]
sections:
  start:
    - answer
    - if: caller.country == ""
      then: hidden
    - if: caller.country != "NL"
      then: abroad
    - if: caller.number startswith "06"
      then: mobile
    - switch: caller.area
      cases: {"020": city, "70": hague}
      default: hidden
  city: [hangup]
  hague: [hangup]
  abroad: [hangup]
  mobile: [hangup]
  hidden: [hangup]
"""
    assert failures(tmp_path, flow, f'from: "{caller}", expect: {{path: {heard}}}') == []


def test_a_callback_to_a_national_number(tmp_path: Path) -> None:
    """It is one that dial_allow lets through, and is told as it is kept."""
    flow = CALLER.replace("NUMBERS", '"+31201234504"')
    script = '{hears: "We call you at plus 3 1 2 0 7 6 5 4 3 2 1"}'
    assert failures(tmp_path, flow, f"from: 0207654321, script: [{script}]") == []


@pytest.mark.parametrize("called", ["0201234504", "0031201234504", "201234504", "1001"])
def test_a_called_number_as_the_carrier_writes_it(tmp_path: Path, called: str) -> None:
    """A test may say so, and it is the flow's number, short ones too."""
    flow = CALLER.replace("NUMBERS", '"1001", "+31201234504"')
    test = f'given: {{called: "{called}"}}, from: "0611112222", script: [{{hears: known}}]'
    assert failures(tmp_path, flow, test) == []


@pytest.mark.parametrize(
    ("number", "site", "typed", "heard"),
    [
        ("+34910000000", "", "612345678", "+34612345678"),
        ("+48221234567", "", "512345678", "+48512345678"),
        ("+4520123456", "", "20123457", "+4520123457"),
        ("+4721234567", "", "21234568", "+4721234568"),
        ("+420221234567", "", "601234567", "+420601234567"),
        ("+351212345678", "", "912345678", "+351912345678"),
        ("+302101234567", "", "2101234568", "+302101234568"),
        ("+12125550100", "", "2125551234", "+12125551234"),
        ("+12125550100", "", "12125551234", "+12125551234"),
        ("+37051234567", "", "861234567", "+37061234567"),
        ("+37051234567", "", "061234567", "+37061234567"),
        ("+74951234567", "", "89161234567", "+79161234567"),
        ("+390612345678", "", "0612345679", "+390612345679"),
        ("+31201234567", "", "0201234568", "+31201234568"),
        ("1001", "country: ES\n", "612345678", "+34612345678"),
    ],
)
def test_a_typed_number_is_read_for_the_country_of_the_flow(
    tmp_path: Path, number: str, site: str, typed: str, heard: str
) -> None:
    """Each country has its own trunk prefix, or none."""
    spoken = f"plus {' '.join(heard[1:])}"
    script = f'[{{presses: "{typed}#"}}, {{hears: "Got {spoken}."}}]'
    flow = TYPED.replace("NUMBERS", f'"{number}"')
    assert failures(tmp_path, flow, f"script: {script}", site=site) == []


@pytest.mark.parametrize("typed", ["201234567", "061111222", "0999999999999"])
def test_what_is_typed_and_no_number(tmp_path: Path, typed: str) -> None:
    """A digit too few, or the prefix forgotten: the caller is asked again."""
    flow = TYPED.replace("NUMBERS", '"+31201234567"')
    script = f'[{{presses: "{typed}#"}}, {{hears: bad}}, {{hears: ask}}]'
    assert failures(tmp_path, flow, f"script: {script}") == []
