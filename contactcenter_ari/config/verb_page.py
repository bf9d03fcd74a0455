"""The verbs of the call-flow language explained: one on a terminal, or all on a page.

Everything is said by the specs of the verbs.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from contactcenter_ari.config.verb import WORDS
from contactcenter_ari.core.flow.language.destination import Destination
from contactcenter_ari.core.flow.verb.spec import Kind, Option, OutcomeSpec, VerbSpec
from contactcenter_ari.core.flow.verb.table import SPECS, VERBS

_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))
_HEAD = """\
# The verbs of the call-flow language

Written by `contactcenter flow explain --page` from what the program knows of its verbs; do not
edit it. `contactcenter flow explain queue` says the same of one verb, `contactcenter flow schema`
has it for editors.

A section is a list of steps, and a step is one verb with its options beside it. Every step may
have `when`, an expression without which the step is passed over, and `name`, which is shown in
traces. A destination is a section, a list of steps, or one of the words {words}.
"""


def verb_list() -> str:
    """All verbs, each with the first sentence of its help."""
    width = max(map(len, SPECS))
    return "\n".join(f"{name:{width}}  {_sentence(spec.help)}" for name, spec in SPECS.items())


def verb_text(spec: VerbSpec) -> str:
    """One verb for a terminal."""
    parts = [f"{spec.name}: {spec.help}", _indented(spec.example)]
    if not spec.is_bare:
        parts.append(f"after the verb stands {_written(spec.value)}: {spec.value.help}")
    if spec.options:
        parts.append(f"options:\n{_columns(_option_columns(spec))}")
    if spec.outcomes:
        under = ", under next" if "next" in spec.option_names else ""
        parts.append(f"outcomes{under}:\n{_columns(_outcome_columns(spec))}")
    return "\n\n".join(parts)


def page() -> str:
    """All verbs as Markdown."""
    words = ", ".join(f"`{word}`" for word in WORDS)
    index = ", ".join(f"[{name}](#{name})" for name in SPECS)
    verbs = (_section(spec) for spec in SPECS.values())
    return "\n".join([_HEAD.format(words=words), f"Verbs: {index}", *verbs])


def _section(spec: VerbSpec) -> str:
    lines = ["", f"## {spec.name}", "", spec.help, "", "```yaml", spec.example, "```"]
    if not spec.is_bare:
        lines += ["", f"After the verb stands {_written(spec.value)}: {spec.value.help}."]
    if spec.options:
        lines += ["", "| Option | Meaning | Written as | Default |", "|---|---|---|---|"]
        lines += [
            f"| `{name}` | {text} | {written} | {default} |"
            for name, written, default, text in _option_columns(spec)
        ]
    if spec.outcomes:
        lines += ["", "| Outcome | When |", "|---|---|"]
        lines += [f"| `{name}` | {text} |" for name, text in _outcome_columns(spec)]
    return "\n".join(lines)


def _option_columns(spec: VerbSpec) -> Iterator[tuple[str, str, str, str]]:
    for option in spec.options:
        default = "needed" if option.missing else _shown(VERBS[spec.name].default_of(option))
        yield option.name, _written(option), default, option.help


def _outcome_columns(spec: VerbSpec) -> Iterator[tuple[str, str]]:
    for outcome in spec.outcomes:
        notes = ", ".join(_notes(outcome))
        yield outcome.name, outcome.help + (f" ({notes})" if notes else "")


def _notes(outcome: OutcomeSpec) -> Iterator[str]:
    if outcome.needed:
        yield "must lead somewhere"
    if outcome.needed_with:
        yield f"must lead somewhere if {outcome.needed_with} is given"
    if outcome.like:
        yield f"if it leads nowhere, like {outcome.like}"


def _written(option: Option) -> str:
    """How a value is written, with its limits."""
    if option.choices is not None:
        return f"one of {', '.join(option.choices)}"
    limits = [_shown(each) for each in (option.least, option.most) if each is not None]
    if option.kind is Kind.NUMBER and len(limits) == 1:
        limits.insert(0, "1")
    match limits:
        case [least, most]:
            return f"{option.kind}, {least} to {most}"
        case [limit]:
            word = "at least" if option.most is None else "at most"
            return f"{option.kind}, {word} {limit}"
        case _:
            return str(option.kind)


def _shown(value: object) -> str:
    """A default or a limit as an engineer would write it; empty for nothing."""
    match value:
        case timedelta():
            return _duration(value)
        case True | False:
            return str(value).lower()
        case Destination(way=way):
            return str(way)
        case str() | int():
            return str(value)
        case _:
            return ""


def _duration(duration: timedelta) -> str:
    """In the largest unit that says it whole."""
    if duration < timedelta(seconds=1):
        return f"{duration // timedelta(milliseconds=1)}ms"
    seconds = int(duration.total_seconds())
    return next(f"{seconds // unit}{name}" for unit, name in _UNITS if seconds % unit == 0)


def _sentence(text: str) -> str:
    return text.split(". ", maxsplit=1)[0].rstrip(".")


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))


def _columns(rows: Iterable[tuple[str, ...]]) -> str:
    """Names in a column; what belongs to one after it, the last on a line of its own."""
    lines = []
    for name, *middle, last in rows:
        details = ", default ".join(filter(None, middle)).replace(", default needed", ", needed")
        lines.append(f"  {name}: {last}" + (f"\n      {details}" if details else ""))
    return "\n".join(lines)
