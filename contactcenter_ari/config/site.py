"""The folder of a site into one piece of plain data, or every problem in it at once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.document import Node, read_document, shown
from contactcenter_ari.config.document import Sequence as List
from contactcenter_ari.config.flow_file import Surroundings, read_flow
from contactcenter_ari.config.flow_names import waits_in
from contactcenter_ari.config.include_file import included_names
from contactcenter_ari.config.look_up_file import LookUpReach
from contactcenter_ari.config.part_of_file import lines_by_key, problems_met, words_in
from contactcenter_ari.config.problem import Problem, Severity, SiteInvalid
from contactcenter_ari.config.queue_file import read_queues
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.config.settings import SITE_KEYS
from contactcenter_ari.config.shared_problem import problems_by_flow
from contactcenter_ari.config.silence import unsilenced
from contactcenter_ari.config.site_file import NEEDED_PROMPTS, SiteFile, read_site_file
from contactcenter_ari.core.acd.settings import QueueSettings
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.core.telephony.trunk import Trunk
from contactcenter_ari.core.vocabulary.ids import QueueName

SITE_FILE = "site.yaml"
QUEUE_FILE = "queues.yaml"


def prompts_folder(folder: Path) -> Path:
    """The folder with the recorded prompts of a site: `prompts` beside it."""
    return folder.absolute().parent / "prompts"


def is_site(folder: Path) -> bool:
    """Whether a folder says what its flows may refer to."""
    return (folder / SITE_FILE).is_file() or (folder / QUEUE_FILE).is_file()


def load_site(folder: Path) -> Site:
    """The site that `site.yaml`, `queues.yaml` and the flows in a folder describe.

    Raises:
        SiteInvalid: there is at least one error; it holds all problems, warnings too.
    """
    site, problems = check_site(folder)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise SiteInvalid(problems)
    return site


def load_queues(folder: Path) -> dict[QueueName, QueueSettings]:
    """The queues of a site, by its `queues.yaml` alone: no flow has a say in them.

    Raises:
        SiteInvalid: there is at least one error in that file.
    """
    reading = _reading(folder / QUEUE_FILE)
    queues = read_queues(reading, None)
    problems = unsilenced(reading.problems, reading.documents)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise SiteInvalid(problems)
    return queues


def site_zone(folder: Path) -> str:
    """The time zone of a site, by its `site.yaml`; UTC if it names none."""
    return _surroundings(folder)[0].timezone or "UTC"


def site_lookup_tables(folder: Path) -> tuple[str, ...]:
    """The tables that look-ups may read, by `site.yaml`, whatever is wrong with its flows."""
    return _surroundings(folder)[1][1].lookup_tables


def site_trunks(folder: Path) -> tuple[Trunk, ...]:
    """The trunks that `site.yaml` names, whatever is wrong with the flows."""
    return _surroundings(folder)[1][1].trunks


def check_flow(file: Path) -> tuple[Flow | None, list[Problem]]:
    """One flow, with the queues and prompts of its folder, and its own problems. Without a
    `queues.yaml` or `site.yaml` beside it any queue and any system prompt is taken to exist.
    """
    folder = file.parent
    around, _, _ = _surroundings(folder)
    if not (folder / SITE_FILE).is_file():
        around = replace(around, system_prompts=NEEDED_PROMPTS)
    reading = _reading(file)
    flow = read_flow(reading, around)
    return flow, unsilenced(reading.problems, reading.documents)


def check_site(folder: Path) -> tuple[Site, list[Problem]]:
    """The site of a folder as far as it can be read, and all problems, in no order."""
    around, (site_reading, site), (queue_reading, queues) = _surroundings(folder)
    readings = _flows(folder)
    flows = [(reading, read_flow(reading, around)) for reading in readings]
    known = [(reading, flow) for reading, flow in flows if flow is not None]
    _refuse_doubles(known)
    every = (site_reading, queue_reading, *readings)
    found = [*site_reading.problems, *queue_reading.problems, *problems_by_flow(readings)]
    documents = [document for reading in every for document in reading.documents]
    problems = unsilenced(found, documents)
    if not readings:
        message = "there is no call flow in this folder"
        problems.append(
            Problem(file=shown(folder), line=1, column=1, code="E001", message=message, length=1)
        )
    return _site(site, queues, [flow for _, flow in known]), problems


def load_flow_site(file: Path) -> Site:
    """A site with one flow alone; with none when the file is no flow of its folder.
    Mistakes in what the flow does not use are passed over: other flows, queues, and prompts.

    Raises:
        SiteInvalid: there are errors in the flow, or in what it uses; it holds all of them.
    """
    around, (site_reading, site), (queue_reading, queues) = _surroundings(file.parent)
    reading = _reading(file)
    if file.name not in {path.name for path in flow_files(file.parent)}:
        return _site(site, queues, [])
    flow = read_flow(reading, around)
    used = words_in(reading.document.root)
    found = [
        *unsilenced(reading.problems, reading.documents),
        *problems_met(queue_reading, used),
        *problems_met(site_reading, {"timezone"} - _keys(reading)),
        *problems_met(site_reading, used, within="prompts"),
    ]
    errors = [problem for problem in found if problem.severity is Severity.ERROR]
    if errors:
        raise SiteInvalid(errors)
    return _site(site, queues, [flow] if flow else [])


def _keys(reading: Reading) -> set[str]:
    return {key.text for key, _ in _root(reading).entries}


def _site(site: SiteFile, queues: dict[QueueName, QueueSettings], flows: Sequence[Flow]) -> Site:
    return Site(
        name=site.name,
        flows=tuple(flows),
        queues=queues,
        pause_reasons=dict(site.pause_reasons),
        prompts=dict(site.prompts),
        feature_codes=site.feature_codes,
        occupancy_window=site.occupancy_window,
        pause_reason_required=site.pause_reason_required,
        lookup_tables=site.lookup_tables,
        country=site.country,
        trunks=site.trunks,
        via=site.via,
    )


def _surroundings(
    folder: Path,
) -> tuple[Surroundings, tuple[Reading, SiteFile], tuple[Reading, dict[QueueName, QueueSettings]]]:
    """The names that the flows of a folder may refer to, and the files that declare them."""
    prompts = prompts_folder(folder)
    site_reading = _reading(folder / SITE_FILE)
    site = read_site_file(site_reading, prompts_folder=prompts, settings=SITE_KEYS)
    queue_reading = _reading(folder / QUEUE_FILE)
    exists = (folder / SITE_FILE).exists()
    readable = isinstance(site_reading.document.root, Map)
    prompts_known = isinstance(_root(site_reading).get("prompts"), Map)
    queues = read_queues(queue_reading, site.prompts if prompts_known else None)
    around = Surroundings(
        queues=_sound(queue_reading, queues),
        prompts_folder=prompts,
        system_prompts=site.prompts if prompts_known else None,
        system_waits=waits_in(site.prompts),
        languages=site.languages if _are_known(site_reading, "languages") else None,
        timezone=site.timezone or ("UTC" if exists and not readable else ""),
        country=site.country,
        limited_queues=_limited(queue_reading),
        look_ups=LookUpReach(
            tables=site.lookup_tables if _are_known(site_reading, "lookup_tables") else None,
            hosts=site.lookup_hosts if readable or not exists else None,
        ),
    )
    return around, (site_reading, site), (queue_reading, queues)


def _are_known(reading: Reading, key: str) -> bool:
    """Whether a file can be read, and what it lists under a key."""
    root = reading.document.root
    return isinstance(root, Map) and not isinstance(root.get(key), Map)


def _sound(
    reading: Reading, queues: Mapping[QueueName, QueueSettings]
) -> dict[QueueName, QueueSettings | None] | None:
    """The queues, without the settings of those that have a mistake; None when the file is no map
    of queues.
    """
    if not isinstance(reading.document.root, Map):
        return None
    wrong = {p.line for p in reading.problems if p.severity is Severity.ERROR}
    places = lines_by_key(reading.document.root, len(reading.document.lines))
    return {
        name: None if places.get(name, set()) & wrong else each for name, each in queues.items()
    }


def _flows(folder: Path) -> list[Reading]:
    """The call flows of a folder; a file that another includes is none, unless it includes one
    itself: files in a circle must not vanish without a word.
    """
    readings = [_reading(path) for path in _flow_files(folder)]
    included = {
        reading.document.file.parent / name
        for reading in readings
        for name in included_names(reading.document)
    }
    return [
        reading
        for reading in readings
        if reading.document.file not in included or included_names(reading.document)
    ]


def _limited(reading: Reading) -> set[str] | None:
    """The queues that say how long one may wait; None when they cannot be read."""
    if not isinstance(reading.document.root, Map):
        return None
    entries = reading.document.root.entries
    return {key.text for key, node in entries if isinstance(node, Map) and node.key("max_wait")}


def flow_files(folder: Path) -> list[Path]:
    """The call flows of a folder: not their tests, nor what they include."""
    return [folder / reading.document.file.name for reading in _flows(folder)]


def _flow_files(folder: Path) -> list[Path]:
    files = [*folder.glob("*.yaml"), *folder.glob("*.yml")]
    return sorted(
        path
        for path in files
        if path.name not in {SITE_FILE, QUEUE_FILE}
        and not path.stem.endswith(".test")
        and not path.name.startswith(".")
    )


def _reading(path: Path) -> Reading:
    return Reading(read_document(path, within=path.parent))


def _refuse_doubles(flows: list[tuple[Reading, Flow]]) -> None:
    """One number, and one name, belong to one flow."""
    names: dict[str, Flow] = {}
    owners: dict[str, Flow] = {}
    for reading, flow in flows:
        fields = _root(reading)
        if flow.name in names and (node := fields.get("flow")) is not None:
            reading.blame("E211", f'two flows have the name "{flow.name}"', node)
        names.setdefault(flow.name, flow)
        for index, number in enumerate(flow.numbers):
            if number in owners:
                node = _item(fields, index)
                message = f'number "{number}" belongs to flow "{owners[number].name}" already'
                if node is not None:
                    reading.blame("E209", message, node)
            owners.setdefault(number, flow)


def _root(reading: Reading) -> Map:
    root = reading.document.root
    return root if isinstance(root, Map) else Map((), 1, 1)


def _item(fields: Map, index: int) -> Node | None:
    node = fields.get("numbers")
    if isinstance(node, List) and index < len(node.items):
        return node.items[index]
    return node
