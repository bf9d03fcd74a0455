"""A `*.test.yaml` file into stories, or every problem in it at once.

The flow it names is loaded with what it uses of its site, as it would be published; mistakes
elsewhere do not keep a flow from being tested.
"""

from collections.abc import Iterator
from pathlib import Path

from contactcenter_ari.config.document import NOT_GIVEN, Node, Scalar, read_document
from contactcenter_ari.config.document import Mapping as Map
from contactcenter_ari.config.problem import SiteInvalid, did_you_mean
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.config.site import load_flow_site
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.flow_test.given import GIVEN_KEYS, GivenReader, read_instant
from contactcenter_ari.flow_test.script_file import ScriptReader
from contactcenter_ari.flow_test.story import Given, Story, StoryFile, TruthLine, place_of

DEFAULT_KEYS = ("at", "from", "from_name", "called", "lookups", "queues", "flags")


def read_story_file(path: Path, sites: dict[Path, Site]) -> StoryFile:
    """The stories of a file; `sites` remembers the sites that were loaded, by flow file.

    Raises:
        SiteInvalid: the file, or the site of its flow, has problems; it holds all of them.
    """
    reading = Reading(read_document(path))
    if reading.document.root is None:
        raise SiteInvalid(reading.problems)
    root = reading.mapping(reading.document.root, "a test file")
    known = ("flow", "hours", "defaults", "tests")
    fields = reading.fields(root, "a test file", known, needed=("flow",))
    flow_file = path.parent / _flow_name(reading, fields.get("flow"))
    if reading.problems:
        raise SiteInvalid(reading.problems)
    site, flow = _site_and_flow(reading, fields["flow"], flow_file, sites)
    reader = _StoryReader(reading, site, flow)
    truths = tuple(reader.truths(fields.get("hours", NOT_GIVEN)))
    stories = tuple(reader.stories(fields))
    if reading.problems:
        raise SiteInvalid(reading.problems)
    return StoryFile(
        file=reading.document.file,
        lines=reading.document.lines,
        site=site,
        flow=flow,
        truths=truths,
        stories=stories,
    )


def _flow_name(reading: Reading, node: Node | None) -> str:
    scalar = reading.scalar(node, "flow") if node is not None else None
    return scalar.text if scalar is not None else ""


def _site_and_flow(
    reading: Reading, node: Node, flow_file: Path, sites: dict[Path, Site]
) -> tuple[Site, Flow]:
    if not flow_file.is_file():
        reading.blame("E001", f'there is no flow file "{flow_file.name}" beside this file', node)
        raise SiteInvalid(reading.problems)
    site, flow = read_played_flow(flow_file, sites)
    if flow is None:
        reading.blame("E001", f'"{flow_file.name}" is no flow of its folder', node)
        raise SiteInvalid(reading.problems)
    return site, flow


def read_played_flow(flow_file: Path, sites: dict[Path, Site]) -> tuple[Site, Flow | None]:
    """The site of a flow file's folder with this flow alone, and the flow; None when the file is
    no flow of the folder.

    Raises:
        SiteInvalid: the flow has problems, or what it uses has.
    """
    path = flow_file.absolute()
    if path not in sites:
        sites[path] = load_flow_site(path)
    return sites[path], next(iter(sites[path].flows), None)


def flow_name(flow_file: Path) -> str:
    """The name of the flow that a file declares; nothing when it is no flow file."""
    root = read_document(flow_file).root
    name = root.get("flow") if isinstance(root, Map) else None
    return name.text if isinstance(name, Scalar) else ""


def given_like(flow_file: Path, name: str, sites: dict[Path, Site]) -> Given:
    """The givens of the test of that name, in the test file beside a flow.

    Raises:
        ValueError: there is no such test.
        SiteInvalid: the test file has problems.
    """
    path = flow_file.with_name(f"{flow_file.stem}.test.yaml")
    stories = read_story_file(path, sites).stories if path.is_file() else ()
    for story in stories:
        if story.name.casefold() == name.casefold():
            return story.given
    raise ValueError(did_you_mean(name, [s.name for s in stories]) or f"no test in {path.name}")


class _StoryReader:
    """Reads the parts of a test file of one flow."""

    def __init__(self, reading: Reading, site: Site, flow: Flow) -> None:
        self.reading = reading
        self.flow = flow
        self.given = GivenReader(reading, site, flow)
        self.script = ScriptReader(reading, site, flow)

    def truths(self, node: Node) -> Iterator[TruthLine]:
        for key, value in self.reading.mapping(node, "hours").entries:
            if key.text not in self.flow.hours:
                self.reading.unknown("E302", "opening hours", key, self.flow.hours)
            sides = self.reading.mapping(value, f"the truth table of {key.text}")
            known = ("open", "closed")
            for side, instants in self.reading.fields(sides, "a truth table", known).items():
                for item in self.reading.items(instants, side):
                    at = read_instant(self.reading, item, side, self.flow.timezone)
                    if at is not None and isinstance(item, Scalar):
                        yield TruthLine(
                            hours=key.text,
                            at=at,
                            written=item.text,
                            is_open=side == "open",
                            place=place_of(item),
                        )

    def stories(self, fields: dict[str, Node]) -> Iterator[Story]:
        reading = self.reading
        defaults = reading.mapping(fields.get("defaults", NOT_GIVEN), "defaults")
        given = reading.fields(defaults, "defaults", DEFAULT_KEYS)
        names: set[str] = set()
        for item in reading.items(fields.get("tests", NOT_GIVEN), "tests"):
            story = self.story(reading.mapping(item, "a test"), given)
            if story is not None and story.name in names:
                reading.blame("E211", f'two tests have the name "{story.name}"', item)
            if story is not None:
                names.add(story.name)
                yield story

    def story(self, node: Map, defaults: dict[str, Node]) -> Story | None:
        reading = self.reading
        known = ("name", "at", "from", "given", "script", "expect", "strict")
        fields = reading.fields(node, "a test", known, needed=("name",))
        if "name" not in fields:
            return None
        name = reading.text(fields["name"], "name")
        own = reading.fields(
            reading.mapping(fields.get("given", NOT_GIVEN), "given"), "given", GIVEN_KEYS
        )
        shared = {key: fields[key] for key in ("at", "from") if key in fields}
        given = self.given.given(defaults | shared | own, fields["name"], name)
        script = tuple(self.script.lines(fields.get("script", NOT_GIVEN)))
        expect = tuple(self.script.expectations(fields.get("expect", NOT_GIVEN)))
        strict = "strict" in fields and reading.boolean(fields["strict"], "strict")
        if given is None:
            return None
        return Story(
            name=name,
            place=place_of(fields["name"]),
            given=given,
            script=script,
            expect=expect,
            strict=strict,
        )
