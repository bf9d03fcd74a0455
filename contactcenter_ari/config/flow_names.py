"""What a flow's steps may refer to: names in expressions, prompts, queues, sections."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.document import Node, Scalar, Sequence
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.flow import HttpLookUp, Prompt, SqlLookUp
from contactcenter_ari.core.flow.outside_policy import OutsidePolicy
from contactcenter_ari.core.flow.speaking import names_in
from contactcenter_ari.core.flow.treatment import POSITION, WAIT
from contactcenter_ari.core.flow.value import (
    BOOL,
    DATE,
    DATETIME,
    DURATION,
    INTEGER,
    PHONE,
    TEXT,
    YES,
    Kind,
    ValueType,
)
from contactcenter_ari.core.hours.calendar import DAYS, Calendar
from contactcenter_ari.core.vocabulary.ids import QueueName

ALWAYS: Mapping[str, ValueType] = {
    "caller.number": PHONE,
    "caller.name": TEXT,
    "caller.status": TEXT,
    "called.number": PHONE,
    "now": DATETIME,
    "today": DATE,
    "weekday": ValueType(Kind.CHOICE, choices=DAYS),
    POSITION: INTEGER,
    WAIT: DURATION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """All names of one flow; `types` are those of expressions, `queues` None when unknown.
    `sensitive` variables may only be passed to look-ups; `outside` says which numbers may be
    dialed; `limited_queues` say how long one may wait (None when that is unknown);
    `waits` are the prompts that tell the estimated wait.
    """

    types: Mapping[str, ValueType]
    languages: tuple[str, ...]
    sections: Collection[str]
    prompts: Collection[str]
    queues: Mapping[QueueName, QueueSettings] | None
    look_ups: Mapping[str, SqlLookUp | HttpLookUp]
    variables: Mapping[str, ValueType]
    hours: Mapping[str, Calendar] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    sensitive: Collection[str] = ()
    outside: OutsidePolicy = field(default_factory=OutsidePolicy)
    limited_queues: Collection[str] | None = None
    global_keys: frozenset[str] = frozenset()
    waits: Collection[str] = ()


def expression_types(
    *,
    languages: tuple[str, ...],
    variables: Mapping[str, ValueType],
    hours: Collection[str],
    flags: Collection[str],
    look_ups: Mapping[str, SqlLookUp | HttpLookUp],
    saved: Mapping[str, str],
) -> dict[str, ValueType]:
    """The type of every name an expression may use, the flow's own first; `saved` maps where
    answers of look-ups are kept to the look-ups.
    """
    types = dict(variables)
    for place, look_up in saved.items():
        types[f"{place}.found"] = BOOL
        returns = look_ups[look_up].returns if look_up in look_ups else {}
        types |= {f"{place}.{field}": type_ for field, type_ in returns.items()}
    for name in hours:
        types[f"hours.{name}.open"] = BOOL
        types[f"hours.{name}.next_open"] = DATETIME
    types |= {f"flag.{name}": BOOL for name in flags}
    return types | {"language": ValueType(Kind.CHOICE, choices=languages), **ALWAYS}


def waits_in(prompts: Mapping[str, Prompt]) -> set[str]:
    """The prompts that tell the estimated wait in one language or the other."""
    return {
        name
        for name, prompt in prompts.items()
        if any(WAIT in names_in(parts) for parts in prompt.parts.values())
    }


def saved_look_ups(node: Node) -> dict[str, str]:
    """Where look-up steps anywhere below a node keep their answers."""
    saved: dict[str, str] = {}
    for mapping in _maps(node):
        look_up, place = mapping.get("lookup"), mapping.get("save_as")
        if isinstance(look_up, Scalar):
            saved[place.text if isinstance(place, Scalar) else look_up.text] = look_up.text
    return saved


def sensitive_variables(node: Node) -> frozenset[str]:
    """The variables that a sensitive gather anywhere below a node fills."""
    names = set()
    for mapping in _maps(node):
        variable, sensitive = mapping.get("gather"), mapping.get("sensitive")
        said = isinstance(sensitive, Scalar) and sensitive.text.lower() in YES
        if isinstance(variable, Scalar) and said:
            names.add(variable.text)
    return frozenset(names)


def _maps(node: Node) -> Iterator[Map]:
    match node:
        case Map():
            yield node
            for _, value in node.entries:
                yield from _maps(value)
        case Sequence():
            for item in node.items:
                yield from _maps(item)
        case Scalar():
            return
