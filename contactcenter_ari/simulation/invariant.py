"""Assertions at the end of everything: nothing leaks, nobody is left behind."""

from contactcenter_ari.simulation.simulation import Simulation


def assert_at_rest(simulation: Simulation) -> None:
    """No call, leg, bridge, recording or deadline is left, and the accounts are closed."""
    center, switch = simulation.center, simulation.switch
    assert center.calls_in_progress() == 0, center
    assert all(queue.waiting == 0 for queue in center.queues(simulation.agenda.now)), center
    assert not switch.legs, switch
    assert not switch.bridges.live, switch
    assert not switch.recorder.running, switch
    assert center.next_deadline() is None, "a deadline of something dead is left"
    simulation.ledger.settle()
