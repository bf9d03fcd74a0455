"""The names that a flow's steps may refer to: in expressions, prompts, queues, sections."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.document import Node, Scalar, Sequence
from contactcenter_ari.config.problem import nearest
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.declaration import HttpLookUp, Prompt, SqlLookUp
from contactcenter_ari.core.flow.language.number_literal import AREA, COUNTRY
from contactcenter_ari.core.flow.language.type_check import DOUBT, Types
from contactcenter_ari.core.flow.outside_policy import OutsidePolicy
from contactcenter_ari.core.flow.speaker import names_in
from contactcenter_ari.core.flow.treatment import POSITION, WAIT
from contactcenter_ari.core.flow.verb.table import SPECS
from contactcenter_ari.core.hours.calendar import DAYS, Calendar
from contactcenter_ari.core.spoken.value import (
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
from contactcenter_ari.core.vocabulary.ids import QueueName

DOUBTS = {
    "variables": DOUBT,
    "look_ups": DOUBT,
    "hours": f"hours.{DOUBT}",
    "flags": f"flag.{DOUBT}",
}
"""The type of any name where declarations cannot be read."""
_SAVING = ("lookup", *SPECS["lookup"].option_names)
_GATHERING = SPECS["gather"].option_names
ALWAYS: Mapping[str, ValueType] = {
    "caller.number": PHONE,
    AREA: TEXT,
    COUNTRY: TEXT,
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
    """All names of one flow; `types` are those of expressions, `queues` None when unknown,
    and the settings of one None that cannot be read.
    `sensitive` variables may only be passed to look-ups; `outside` says which numbers may be
    dialed; `limited_queues` say how long one may wait (None when that is unknown);
    `waits` are the prompts that tell the estimated wait. `country` is the one in whose way numbers
    are read, `said_country` the same if the files say it and do not leave it to the first number.
    """

    types: Types
    languages: tuple[str, ...]
    sections: Collection[str]
    prompts: Collection[str]
    queues: Mapping[QueueName, QueueSettings | None] | None
    look_ups: Mapping[str, SqlLookUp | HttpLookUp]
    variables: Mapping[str, ValueType]
    hours: Mapping[str, Calendar] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    sensitive: Collection[str] = ()
    outside: OutsidePolicy = field(default_factory=OutsidePolicy)
    limited_queues: Collection[str] | None = None
    global_keys: frozenset[str] = frozenset()
    waits: Collection[str] = ()
    country: str = ""
    said_country: str = ""
    doubt: frozenset[str] = frozenset()
    """The fields of which nobody knows whether they hold all names, for what declares them cannot
    be read.
    """
    broken: frozenset[str] = frozenset()
    """Look-ups and variables whose declaration has a mistake; what follows of it is not told."""

    def lacks(self, kind: str, name: str) -> bool:
        """Whether a name is surely not among those of a field, such as `prompts`."""
        return kind not in self.doubt and name not in (getattr(self, kind) or ())


def expression_types(
    *,
    languages: tuple[str, ...],
    variables: Mapping[str, ValueType],
    hours: Collection[str],
    flags: Collection[str],
    look_ups: Mapping[str, SqlLookUp | HttpLookUp],
    saved: Mapping[str, str],
    broken: Collection[str] = (),
    doubt: Collection[str] = (),
) -> dict[str, ValueType | None]:
    """The type of every name an expression may use, the flow's own first; `saved` maps where
    answers of look-ups are kept to the look-ups; for `broken` and `doubt` see `Names`.
    """
    types: dict[str, ValueType | None] = {
        name: None if name in broken else type_ for name, type_ in variables.items()
    }
    types |= {anything: None for kind, anything in DOUBTS.items() if kind in doubt}
    for place, look_up in saved.items():
        if look_up in broken or look_up not in look_ups:
            types[f"{place}.{DOUBT}"] = None
        types[f"{place}.found"] = BOOL
        returns = look_ups[look_up].returns if look_up in look_ups else {}
        known = look_up not in broken
        types |= {f"{place}.{field}": type_ if known else None for field, type_ in returns.items()}
    for name in hours:
        types[f"hours.{name}.open"] = BOOL
        types[f"hours.{name}.next_open"] = DATETIME
    types |= dict.fromkeys((f"flag.{name}" for name in flags), BOOL)
    return types | {"language": ValueType(Kind.CHOICE, choices=languages), **ALWAYS}


def waits_in(prompts: Mapping[str, Prompt]) -> set[str]:
    """The prompts that tell the estimated wait in one language or the other."""
    return {
        name
        for name, prompt in prompts.items()
        if any(WAIT in names_in(parts) for parts in prompt.parts.values())
    }


def saved_look_ups(node: Node) -> dict[str, str]:
    """The names under which look-up steps anywhere below a node keep their answers."""
    saved: dict[str, str] = {}
    for mapping in _maps(node):
        look_up = _meant(mapping, "lookup", SPECS)
        if isinstance(look_up, Scalar):
            place = _meant(mapping, "save_as", _SAVING)
            saved[place.text if isinstance(place, Scalar) else look_up.text] = look_up.text
    return saved


def sensitive_variables(node: Node) -> frozenset[str]:
    """The variables that a sensitive gather anywhere below a node fills."""
    names = set()
    for mapping in _maps(node):
        variable = _meant(mapping, "gather", SPECS)
        if isinstance(variable, Scalar):
            sensitive = _meant(mapping, "sensitive", _GATHERING)
            if isinstance(sensitive, Scalar) and sensitive.text.lower() in YES:
                names.add(variable.text)
    return frozenset(names)


def _meant(mapping: Map, name: str, known: Collection[str]) -> Node | None:
    """The value under a key, or under one that is misspelled, as far as it is none of `known`."""
    if mapping.key(name) is not None:
        return mapping.get(name)
    odd = (key.text for key, _ in mapping.entries if key.text not in known)
    near = (text for text in odd if nearest(text, (name,)))  # few are: the others cost much more
    return mapping.get(next((text for text in near if nearest(text, known) == name), ""))


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
