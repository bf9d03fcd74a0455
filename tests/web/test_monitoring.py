"""The shipped alert rules and dashboard: sound, about metrics that exist, and each rule fires."""

import re
import subprocess
from pathlib import Path

import msgspec
import pytest
import yaml

from contactcenter_ari.cli.metrics import WEB
from contactcenter_ari.core.vocabulary.event import (
    AgentState,
    EndReason,
    OfferResult,
    QueueExit,
)
from contactcenter_ari.web.measure import Kind
from contactcenter_ari.web.metric_table import MEASURES
from tests.web.promtool import promtool

ALERTS, DASHBOARD = WEB / "alerts.yaml", WEB / "dashboard.json"
FAULTY: dict[str, list[tuple[str, str]]] = {
    "ContactCenterAway": [('up{job="contactcenter"}', "0x40")],
    "ContactCenterPartNotWell": [('contactcenter_part_ok{part="switch"}', "0x40")],
    "ContactCenterFault": [("contactcenter_faults_total", "0x30 1x10")],
    "CallsEndInFault": [('contactcenter_calls_total{end="apologized"}', "_x30 1x10")],
    "CallsRefused": [("contactcenter_calls_refused_total", "0x36 1x4")],
    "AudioPortsRunLow": [
        ("contactcenter_legs_in_use", "170x40"),
        ("contactcenter_legs_limit", "200x40"),
    ],
    "EventLoopLate": [
        ('contactcenter_event_loop_lag_seconds_bucket{le="0.1"}', "0+10x40"),
        ('contactcenter_event_loop_lag_seconds_bucket{le="0.25"}', "0+20x40"),
        ('contactcenter_event_loop_lag_seconds_bucket{le="+Inf"}', "0+20x40"),
    ],
    "TurnsSlow": [
        ('contactcenter_turn_seconds_bucket{le="0.025"}', "0+10x40"),
        ('contactcenter_turn_seconds_bucket{le="0.1"}', "0+20x40"),
        ('contactcenter_turn_seconds_bucket{le="+Inf"}', "0+20x40"),
    ],
    "PromptsLate": [
        ('contactcenter_answer_to_prompt_seconds_bucket{le="1.0"}', "0+10x40"),
        ('contactcenter_answer_to_prompt_seconds_bucket{le="2.0"}', "0+20x40"),
        ('contactcenter_answer_to_prompt_seconds_bucket{le="+Inf"}', "0+20x40"),
    ],
    "SwitchRefusesCommands": [
        ('contactcenter_switch_errors_total{command="PlayPrompt",status="500"}', "0x30 30x10")
    ],
    "SwitchReconnects": [("contactcenter_switch_connections_total", "1x26 1+1x12")],
    "DatabaseBehind": [("contactcenter_journal_spooled", "0x20 9x20")],
    "InputLogNotWritten": [("contactcenter_input_log_pending", "0x20 9x20")],
    "DiskNearlyFull": [("contactcenter_disk_free_bytes", "1000000000x40")],
    "RecordingsFail": [('contactcenter_recordings_total{result="failed"}', "0x30 1x10")],
    "PhonesGone": [("contactcenter_phones_registered", "20x35 3x5")],
    "NobodyTakesCalls": [
        ('contactcenter_queue_waiting{queue="sales"}', "2x40"),
        ('contactcenter_queue_takes_calls{queue="sales"}', "0x40"),
    ],
    "LongWait": [('contactcenter_queue_oldest_wait_seconds{queue="sales"}', "301x40")],
    "ManyAbandon": [
        ('contactcenter_queue_exits_total{queue="sales",result="abandoned"}', "0+1x40"),
        ('contactcenter_queue_exits_total{queue="sales",result="answered"}', "0+2x40"),
    ],
    "LookUpsFail": [
        ('contactcenter_look_ups_total{name="account",outcome="error"}', "0+1x40"),
        ('contactcenter_look_ups_total{name="account",outcome="found"}', "0+1x40"),
    ],
    "OutsideCallsFail": [
        ('contactcenter_outside_calls_total{outcome="failed"}', "0+2x40"),
        ('contactcenter_outside_calls_total{outcome="answered"}', "0+1x40"),
    ],
    "StepsFail": [("contactcenter_flow_failures_total", "0x30 9x10")],
    "FlowsNotPublished": [("contactcenter_publish_failures_total", "0x35 1x5")],
    "TokensGuessed": [("contactcenter_bad_tokens_total", "0x36 300x4")],
}
"""For each alert series a minute apart, in Prometheus' own short form, after which it fires."""
WELL: list[tuple[str, str]] = [
    ('up{job="contactcenter"}', "1x40"),
    ('contactcenter_part_ok{part="switch"}', "1x40"),
    ("contactcenter_faults_total", "3x40"),
    ('contactcenter_calls_total{end="completed"}', "0+9x40"),
    ('contactcenter_calls_total{end="system_error"}', "1x40"),
    ("contactcenter_calls_refused_total", "1x40"),
    ("contactcenter_legs_in_use", "150x40"),
    ("contactcenter_legs_limit", "200x40"),
    ('contactcenter_event_loop_lag_seconds_bucket{le="0.1"}', "0+200x40"),
    ('contactcenter_event_loop_lag_seconds_bucket{le="0.25"}', "0+201x40"),
    ('contactcenter_event_loop_lag_seconds_bucket{le="+Inf"}', "0+201x40"),
    ('contactcenter_switch_errors_total{command="PlayPrompt",status="500"}', "0+1x40"),
    ("contactcenter_switch_connections_total", "1x20 2x20"),
    ("contactcenter_journal_spooled", "0x40"),
    ("contactcenter_input_log_pending", "0x40"),
    ("contactcenter_snapshot_failures_total", "2x40"),
    ("contactcenter_disk_free_bytes", "9000000000x40"),
    ('contactcenter_recordings_total{result="failed"}', "2x40"),
    ("contactcenter_phones_registered", "20x20 15x20"),
    ('contactcenter_queue_waiting{queue="sales"}', "2x40"),
    ('contactcenter_queue_takes_calls{queue="sales"}', "4x40"),
    ('contactcenter_queue_oldest_wait_seconds{queue="sales"}', "200x40"),
    ('contactcenter_queue_exits_total{queue="sales",result="abandoned"}', "0+1x40"),
    ('contactcenter_queue_exits_total{queue="sales",result="answered"}', "0+9x40"),
    ('contactcenter_look_ups_total{name="account",outcome="error"}', "0+1x40"),
    ('contactcenter_look_ups_total{name="account",outcome="found"}', "0+9x40"),
    ('contactcenter_outside_calls_total{outcome="failed"}', "0+1x40"),
    ('contactcenter_outside_calls_total{outcome="answered"}', "0+9x40"),
]
"""A busy center in which nothing is wrong now."""
NAMES = {each.full_name: each for each in MEASURES}
VALUES = {
    "end": {*EndReason, "answered", "abandoned", "other"},
    "result": {*QueueExit, *OfferResult, "kept", "cut", "failed"},
    "outcome": {"error", "failed"},
    "state": {*AgentState},
    "le": {"20.0"},
    "job": {"contactcenter"},
}
"""The values that rules and panels may select."""


class Rule(msgspec.Struct):
    """A rule as far as it is looked at."""

    alert: str
    expr: str
    annotations: dict[str, str]


class Group(msgspec.Struct):
    """Rules."""

    rules: list[Rule]


class Groups(msgspec.Struct):
    """The file of rules."""

    groups: list[Group]


class Target(msgspec.Struct):
    """A query."""

    expr: str
    legendFormat: str  # noqa: N815  # Grafana's name


class Panel(msgspec.Struct):
    """A panel; a row has no queries."""

    id: int
    title: str
    targets: list[Target] = []


class Dashboard(msgspec.Struct):
    """The dashboard as far as it is looked at."""

    panels: list[Panel]


def rules() -> list[Rule]:
    """The shipped rules."""
    (group,) = msgspec.convert(yaml.safe_load(ALERTS.read_text("utf-8")), Groups).groups
    return group.rules


def queries() -> list[str]:
    """The queries of rules and panels."""
    panels = msgspec.json.decode(DASHBOARD.read_bytes(), type=Dashboard).panels
    assert len({panel.id for panel in panels}) == len(panels)
    shown = [target.expr for panel in panels for target in panel.targets]
    return [rule.expr for rule in rules()] + shown


@pytest.mark.parametrize("query", queries())
def test_a_query_is_about_what_there_is(query: str) -> None:
    """Each metric exists, each label is one of its own, and each value can be."""
    named = re.findall(r"\b(contactcenter_\w+)(?:\{([^}]*)\})?", query)
    assert named or "up{" in query or "process_" in query
    for name, selected in named:
        measure = NAMES.get(name) or NAMES[re.sub("_(bucket|sum|count)$", "", name)]
        assert (name == measure.full_name) is (measure.kind is not Kind.HISTOGRAM)
        for label, value in re.findall(r'(\w+)!?=~?"([^"]*)"', selected):
            assert label in {*measure.labels, "le"}
            assert set(value.split("|")) <= VALUES[label]


def test_each_rule_says_what_to_do() -> None:
    """In the middle of the night it is read by somebody who did not write it."""
    assert [rule.alert for rule in rules() if set(rule.annotations) != {"summary", "action"}] == []


def test_prometheus_takes_the_rules_and_each_fires(tmp_path: Path) -> None:
    """Each alert fires on its own fault, and none in a center that is well."""
    assert {rule.alert for rule in rules()} == FAULTY.keys()
    cases = [
        {
            "interval": "1m",
            "input_series": [{"series": name, "values": values} for name, values in series],
            "promql_expr_test": [
                {
                    "expr": 'count by (alertname) (ALERTS{alertstate="firing"})',
                    "eval_time": "38m",
                    "exp_samples": [
                        {"labels": f'{{alertname="{alert}"}}', "value": 1} for alert in firing
                    ],
                }
            ],
        }
        for series, firing in [
            (WELL, ()),
            *((series, (alert,)) for alert, series in FAULTY.items()),
        ]
    ]
    trial = tmp_path / "trial.yaml"
    trial.write_text(yaml.safe_dump({"rule_files": [str(ALERTS)], "tests": cases}), "utf-8")
    done = subprocess.run(
        [promtool(), "test", "rules", trial], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
