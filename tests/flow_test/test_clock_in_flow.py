"""Conditions on the time of a call, played on the virtual clock in the zone of the flow."""

from pathlib import Path

import pytest

from contactcenter_ari.config.site_file import NEEDED_PROMPTS
from contactcenter_ari.flow_test.suite import run_files

FLOW = """\
flow: desk
numbers: ["+13125550100"]
timezone: America/Chicago
languages: [en]
hours:
  winter: {dates: {12-01..02-29: 00:00-24:00}}
prompts: {weekend: {en: a}, evening: {en: b}, eve: {en: c}, winter: {en: d}, day: {en: e}}
sections:
  start:
    - answer
    - {play: weekend, when: 'weekday in ["sat", "sun"]'}
    - {play: evening, when: now >= "17:30"}
    - {play: eve, when: today == "12-24"}
    - {play: winter, when: hours.winter.open}
    - {play: day, when: now < "17:30"}
    - hangup
"""
SITE = "name: test\nlanguages: [en]\nprompts:\n" + "".join(
    f"  {name}: {{en: x}}\n" for name in NEEDED_PROMPTS
)
CALLS = [
    ("2027-06-01 10:00", ["day"]),  # a Tuesday
    ("2027-06-01 17:29:58", ["day"]),
    ("2027-06-01 17:30", ["evening"]),
    ("2027-06-04 23:59", ["evening"]),  # a Friday, and Saturday in Europe
    ("2027-06-05 00:00", ["weekend", "day"]),
    ("2027-12-24 18:00", ["evening", "eve", "winter"]),
    ("2028-02-29 12:00", ["winter", "day"]),
    ("2028-03-01 12:00", ["day"]),
]


@pytest.mark.parametrize(("at", "heard"), CALLS)
def test_what_is_played_depends_on_the_clock(at: str, heard: list[str], tmp_path: Path) -> None:
    """Weekday, date and time of day are those of the flow's zone, whatever the machine's."""
    folder = tmp_path / "callflows"
    folder.mkdir()
    (folder / "desk.yaml").write_text(FLOW, encoding="utf-8")
    (folder / "site.yaml").write_text(SITE, encoding="utf-8")
    (folder / "queues.yaml").write_text("sales: {max_wait: 10m}\n", encoding="utf-8")
    script = ", ".join(f"hears: {prompt}" for prompt in heard)
    (folder / "desk.test.yaml").write_text(
        f"flow: desk.yaml\ndefaults: {{at: {at}, from: '+13125550199'}}\n"
        f"tests:\n  - {{name: x, strict: true, script: [{script}], expect: {{ends: hangup}}}}\n",
        encoding="utf-8",
    )
    (done,) = run_files([folder / "desk.test.yaml"])
    assert [test.failure for test in done.results] == [None]
