"""The answers to watchdogs and Prometheus."""

from dataclasses import replace
from typing import TYPE_CHECKING

from contactcenter_ari.core.vocabulary.ids import PhoneId
from contactcenter_ari.core.vocabulary.signal import PhoneReachable
from contactcenter_ari.runtime.driver import INBOX_LIMIT
from contactcenter_ari.web.port import Condition, PartHealth

if TYPE_CHECKING:
    from tests.web.conftest import Api


async def test_health_is_that_of_the_worst_part(api: "Api") -> None:
    """A degraded process is alive; with a failed part the answer is 503."""
    answer = await api.ask("GET", "/healthz")
    assert (answer.status, answer.json["condition"]) == (200, "ok")
    away = PartHealth(Condition.DEGRADED, "the database is away; events wait on disk")
    api.parts.now = replace(api.parts.now, journal=away)
    answer = await api.ask("GET", "/healthz")
    assert (answer.status, answer.json["condition"]) == (200, "degraded")
    assert b"events wait on disk" in answer.body
    api.parts.now = replace(api.parts.now, switch=PartHealth(Condition.FAILED, "not connected"))
    answer = await api.ask("GET", "/healthz")
    assert (answer.status, answer.json["condition"]) == (503, "failed")


async def test_calls_are_taken_without_the_database_but_not_without_the_switch(api: "Api") -> None:
    """Ready means that a caller is served, however many events wait to be written down."""
    failed = PartHealth(Condition.FAILED, "gone")
    api.parts.now = replace(api.parts.now, database=failed, journal=failed)
    answer = await api.ask("GET", "/readyz")
    assert (answer.status, answer.json) == (200, {"ready": True, "why": []})
    away = PartHealth(Condition.DEGRADED, "away")
    api.parts.now = replace(api.parts.now, database=away)
    answer = await api.ask("GET", "/readyz")
    assert (answer.status, answer.json["degraded"]) == (200, ["database: away"])
    api.parts.now = replace(api.parts.now, switch=failed, draining=True)
    answer = await api.ask("GET", "/readyz")
    assert (answer.status, answer.json["ready"]) == (503, False)
    assert b"switch: gone" in answer.body
    assert b"no new ones" in answer.body


async def test_metrics_are_for_this_machine_and_those_who_watch(api: "Api") -> None:
    """Not for an agent's token, nor through a proxy without one."""
    assert (await api.ask("GET", "/metrics")).status == 200
    proxied = {"X-Forwarded-For": "192.0.2.1"}
    assert (await api.ask("GET", "/metrics", headers=proxied)).status == 401
    assert (await api.ask("GET", "/metrics", "anna", headers=proxied)).status == 403
    assert (await api.ask("GET", "/metrics", "wallboard", headers=proxied)).status == 200


async def test_metrics_show_what_goes_on(api: "Api") -> None:
    """Queues, agents, driver, journal; no names, no numbers of people."""
    await api.set_state("100", "anna", state="logged_in")
    await api.ask("POST", "/api/v1/queues/sales/close", "floor")
    api.parts.now = replace(api.parts.now, journal_pending=3, journal_spooled=4)
    lines = (await api.ask("GET", "/metrics")).body.decode().splitlines()
    assert f"contactcenter_turns_total {api.driver.turns}.0" in lines
    for line in (
        "contactcenter_faults_total 0.0",
        "contactcenter_backlog 0.0",
        "contactcenter_calls_in_progress 0.0",
        "contactcenter_callbacks_open 0.0",
        "contactcenter_lost_calls_open 0.0",
        'contactcenter_queue_waiting{queue="support"} 0.0',
        'contactcenter_queue_oldest_wait_seconds{queue="support"} 0.0',
        'contactcenter_queue_logged_in{queue="support"} 1.0',
        'contactcenter_queue_takes_calls{queue="support"} 1.0',
        'contactcenter_queue_free{queue="support"} 1.0',
        'contactcenter_queue_callbacks{queue="support"} 0.0',
        'contactcenter_queue_closed{queue="support"} 0.0',
        'contactcenter_queue_closed{queue="sales"} 1.0',
        'contactcenter_agents{state="ready"} 1.0',
        'contactcenter_agents{state="logged_out"} 1.0',
        'contactcenter_agents{state="on_call"} 0.0',
        "contactcenter_journal_pending 3.0",
        "contactcenter_journal_spooled 4.0",
        'contactcenter_part_ok{part="switch"} 1.0',
    ):
        assert line in lines
    assert not any("Anna" in line for line in lines)
    assert any(line.startswith("process_cpu_seconds_total") for line in lines)


async def test_a_driver_that_cannot_keep_up_takes_no_calls(api: "Api") -> None:
    """Half a full inbox is an alarm; a full one shows in health and readiness."""
    await api.stop_driver()
    for _ in range(INBOX_LIMIT // 2):
        api.driver.put(PhoneReachable(PhoneId("phone-100")))
    assert (await api.ask("GET", "/healthz")).json["condition"] == "degraded"
    assert (await api.ask("GET", "/readyz")).status == 200
    for _ in range(INBOX_LIMIT // 2):
        api.driver.put(PhoneReachable(PhoneId("phone-100")))
    assert (await api.ask("GET", "/healthz")).status == 503
    answer = await api.ask("GET", "/readyz")
    assert (answer.status, answer.json["why"]) == (
        503,
        ["driver: 2000 inputs wait for their turn"],
    )
