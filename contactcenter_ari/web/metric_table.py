"""All metrics of the program by name, and the page that lists them (`docs/metrics.md`)."""

from functools import partial

from contactcenter_ari.web.measure import Kind, Labels, Measure

_counter = partial(Measure, Kind.COUNTER)
_gauge = partial(Measure, Kind.GAUGE)
_histogram = partial(Measure, Kind.HISTOGRAM)

CALLS = _counter(
    "calls", "Calls that ended, by flow and reason of the end.", ("flow", "direction", "end")
)
QUEUE_EXITS = _counter("queue_exits", "Stays in a queue that ended.", ("queue", "result"))
WAIT = _histogram(
    "wait_seconds", "Waits in a queue, answered, abandoned or otherwise ended.", ("queue", "end")
)
TALK = _histogram("talk_seconds", "Talks with agents, holds included.", ("queue",))
WRAP_UP = _histogram("wrap_up_seconds", "Work of agents after a talk.", ("queue",))
OFFERS = _counter("offers", "Offers of a caller to an agent that ended.", ("queue", "result"))
LOOK_UPS = _counter("look_ups", "Look-ups of flows that ended.", ("name", "outcome"))
FLOW_FAILURES = _counter("flow_failures", "Calls in which a step of the flow failed.")
OUTSIDE_CALLS = _counter("outside_calls", "Outside lines dialed by flows.", ("outcome",))
CALLBACK_ATTEMPTS = _counter("callback_attempts", "Callbacks that were dialed.", ("result",))
RECORDINGS = _counter("recordings", "Recordings that ended: kept, cut or failed.", ("result",))

ANSWER_TO_PROMPT = _histogram(
    "answer_to_prompt_seconds", "From the answer of a call to its first prompt."
)
TURN_SECONDS = _histogram("turn_seconds", "Time the core and its log take for one input.")
LOOP_LAG = _histogram("event_loop_lag_seconds", "Delay of timers of the event loop.")
SWITCH_ERRORS = _counter(
    "switch_errors",
    "Commands that Asterisk did not carry out, by the status of its reply (0: no reply).",
    ("command", "status"),
)
SWITCH_CONNECTIONS = _counter("switch_connections", "Connections of Asterisk's socket.")
FRAMES_NOT_UNDERSTOOD = _counter(
    "switch_frames_not_understood", "Frames of Asterisk that are malformed or of unknown kinds."
)

TURNS = _counter("turns", "Inputs handled by the core.")
FAULTS = _counter("faults", "Inputs that met a fault of the program.")
BACKLOG = _gauge("backlog", "Inputs waiting for their turn.")
CALLS_IN_PROGRESS = _gauge("calls_in_progress", "Calls in a flow, waiting or talking.")
CALLBACKS_OPEN = _gauge("callbacks_open", "Callbacks that are still to be made.")
LOST_CALLS_OPEN = _gauge("lost_calls_open", "Lost calls nobody has looked after.")
BAD_TOKENS = _counter("bad_tokens", "Requests with a token that nobody has.")
AGENTS = _gauge("agents", "Agents by state.", ("state",))
PHONES_REGISTERED = _gauge("phones_registered", "Phones of agents that can be rung.")
PHONES = _gauge("phones", "Phones of agents.")

QUEUE_WAITING = _gauge("queue_waiting", "Callers waiting.", ("queue",))
QUEUE_OLDEST_WAIT = _gauge(
    "queue_oldest_wait_seconds", "The longest wait of a caller who waits.", ("queue",)
)
QUEUE_LOGGED_IN = _gauge("queue_logged_in", "Agents of the queue who are logged in.", ("queue",))
QUEUE_TAKES_CALLS = _gauge(
    "queue_takes_calls", "Agents who take calls, now or after the present one.", ("queue",)
)
QUEUE_FREE = _gauge("queue_free", "Agents who could take a call this instant.", ("queue",))
QUEUE_CALLBACKS = _gauge("queue_callbacks", "Places in line kept for callbacks.", ("queue",))
QUEUE_CLOSED = _gauge("queue_closed", "1 while a person has closed the queue.", ("queue",))

JOURNAL_PENDING = _gauge("journal_pending", "Events not yet in the database.")
JOURNAL_SPOOLED = _gauge("journal_spooled", "Events kept on disk.")
INPUT_LOG_FAILURES = _counter("input_log_failures", "Inputs not written at once.")
INPUT_LOG_PENDING = _gauge("input_log_pending", "Inputs that wait in memory.")
SNAPSHOT_FAILURES = _counter("snapshot_failures", "Snapshots that could not be written.")
DISK_FREE = _gauge("disk_free_bytes", "Room left for data.")
CALLS_LIMIT = _gauge("calls_limit", "Calls that may come in at once.")
CALLS_REFUSED = _counter("calls_refused", "Calls there was no room for.")
LEGS_LIMIT = _gauge("legs_limit", "Legs there are audio ports for.")
LEGS_IN_USE = _gauge("legs_in_use", "Legs there are.")
PART_OK = _gauge("part_ok", "1 while a part is well.", ("part",))
FLOW_VERSIONS = _gauge("flow_versions", "The versions new calls get.", ("flow", "version"))
PUBLISH_FAILURES = _counter("publish_failures", "Files that could not be published.")
BUILD_INFO = _gauge(
    "build_info", "1; the version of the program and of Python.", ("version", "python")
)

MEASURES = tuple(each for each in tuple(globals().values()) if isinstance(each, Measure))
"""In the order above."""

_HEAD = """# Metrics

`/metrics` answers in the format of Prometheus: from this machine without a token, from elsewhere
with the token of an engineer. `contactcenter metrics` prints this page, `contactcenter metrics
alerts` rules for Prometheus, `contactcenter metrics dashboard` a dashboard for Grafana. Beside
these are `process_*`, of the process itself.

No metric names a person, a number or a call. Counters begin at zero with the program, and count
what happened since: calls taken up from a log before the start are counted when they end.

| Metric | Kind | Labels | Meaning |
|---|---|---|---|
"""


def page() -> str:
    """The page of the reference, in Markdown."""
    return _HEAD + "".join(
        f"| `{each.full_name}` | {each.kind} | {_listed(each.labels)} | {each.text} |\n"
        for each in MEASURES
    )


def _listed(labels: Labels) -> str:
    return ", ".join(f"`{label}`" for label in labels)
