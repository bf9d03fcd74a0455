"""The waits told to callers, beside `Queue()`, as tables."""

from collections.abc import Iterable, Iterator

from rich.table import Table

from contactcenter_ari.bench.estimate import MOST_ERROR, MOST_SPOKEN_SHORT
from contactcenter_ari.bench.figures import Measure, WaitFigures


def wait_tables(waits: Iterable[WaitFigures]) -> Iterator[Table]:
    """How far off, and who was told too little."""
    figures = tuple(waits)
    yield _error_table(figures)
    yield _short_table(figures)


def _error_table(waits: tuple[WaitFigures, ...]) -> Table:
    table = Table(
        "Simulated line", "Told", "Wait", "Bound", "Error", "Queue()", "Informed", "Ratio",
        title=f"Told waits: mean absolute error in seconds, {waits[0].days} days each",
        caption="± standard error. Bound: what is spoken. Informed: told by one who knows"
        f" staff,\nhandle time and patience. Ratio to Queue(): at most {MOST_ERROR} in the first"
        " three",
    )  # fmt: skip
    for wait in waits:
        errors = (wait.ours.error, wait.app_queue.error, wait.informed.error)
        table.add_row(
            wait.scenario,
            str(wait.callers),
            f"{wait.waited.value:.0f}",
            f"{wait.bound.value:.0f}",
            *map(_seconds, errors),
            f"{wait.ratio.value:.3f} ± {wait.ratio.error:.3f}",
            end_section=_is_last_with_target(wait, waits),
        )
    return table


def _short_table(waits: tuple[WaitFigures, ...]) -> Table:
    table = Table(
        "Simulated line", "Mean told", "At most", "Spoken bound", "Queue()", "Informed",
        title="Callers told too little by more than a minute",
        caption=f"Spoken bound: below {_percent(MOST_SPOKEN_SHORT)} in the first three",
    )  # fmt: skip
    for wait in waits:
        table.add_row(
            wait.scenario,
            _share(wait.ours.short),
            "" if wait.most_short is None else _percent(wait.most_short),
            *(_share(each.short) for each in (wait.spoken, wait.app_queue, wait.informed)),
            end_section=_is_last_with_target(wait, waits),
        )
    return table


def _is_last_with_target(wait: WaitFigures, waits: tuple[WaitFigures, ...]) -> bool:
    return wait is [each for each in waits if each.most_short is not None][-1]


def _seconds(measure: Measure) -> str:
    return f"{measure.value:.1f} ± {measure.error:.1f}"


def _share(measure: Measure) -> str:
    return f"{100 * measure.value:.1f} ± {100 * measure.error:.1f} %"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
