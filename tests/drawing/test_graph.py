"""Flows as graphs: what is drawn, and that the pictures can be read."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcenter_ari.core.errors import RequestRefused
from contactcenter_ari.core.flow.language.parser import parse
from contactcenter_ari.core.flow.verb.dial import DialOut
from contactcenter_ari.core.flow.verb.goto import Goto
from contactcenter_ari.core.flow.verb.play import Play
from contactcenter_ari.core.flow.verb.transfer import TransferOut
from contactcenter_ari.drawing.graph import Arrow, Box, Graph, Shape, flow_graph, mermaid
from contactcenter_ari.drawing.svg import NAMESPACE, svg
from tests.drawing.sample import SECTIONS, flow, section, to

TEXT = f"{{{NAMESPACE}}}text"


def names(graph: Graph) -> list[str]:
    """The boxes."""
    return [box.name for box in graph.boxes]


def test_mermaid_to_the_letter() -> None:
    """Sections are boxes, keys and outcomes labels; a section that is called is dashed."""
    assert mermaid(flow_graph(flow())).replace("\u00a0", "_") == (
        "flowchart TD\n"
        '    b0(["desk<br/>+31201234567"])\n'
        '    b1(["any menu or gather"])\n'
        '    b2["start<br/>answer<br/>menu offer<br/>__2:<br/>____play offer<br/>____call news'
        '<br/>__*: back"]\n'
        '    b3["news<br/>if caller.status == #quot;gold#quot;<br/>return"]\n'
        '    b4["sales<br/>queue sales"]\n'
        '    b5["bye<br/>play say #quot;#lt;bye#gt;#quot; #amp; #35;<br/>hangup"]\n'
        '    b6(["hang up"])\n'
        '    b2 -->|"1, failed"| b4\n'
        '    b2 -.->|"2"| b3\n'
        '    b3 -->|"then"| b4\n'
        '    b4 -->|"timeout, no_agents"| b5\n'
        '    b4 -->|"answered"| b6\n'
        "    b5 --> b6\n"
        "    b0 --> b2\n"
        '    b1 -->|"0"| b4\n'
    )


def test_what_can_be_reached() -> None:
    """From a section on, and up to one; a menu leads on by the global keys, too."""
    assert names(flow_graph(flow(), since="news")) == ["news", "sales", "bye", "(hang up)"]
    assert names(flow_graph(flow(), until="news")) == ["(entry)", "start", "news"]
    assert names(flow_graph(flow(), since="start", until="sales")) == [
        "(keys)", "start", "news", "sales",
    ]  # fmt: skip
    with pytest.raises(RequestRefused, match='no section "nowhere": start, news, sales, bye'):
        flow_graph(flow(), since="nowhere")


def test_ways_out_of_the_flow() -> None:
    """An outside line, what follows a fault, and what follows the call."""
    sections = {**SECTIONS, "out": section(TransferOut(parse('"+31611111111"')))}
    graph = flow_graph(flow(sections, on_error=to("out"), on_hangup="bye"))
    drawn = [(arrow.source, arrow.target, arrow.label) for arrow in graph.arrows]
    assert ("out", "(outside line)", "transfer") in drawn
    assert ("(fault)", "out", "") in drawn
    assert ("(after)", "bye", "") in drawn


def test_a_talk_that_ends_the_call() -> None:
    """The end is drawn, also when the flow leaves it to the language."""
    silent = section(DialOut(parse('"+31611111111"'), {"busy": to("bye")}))
    leads_on = section(DialOut(parse('"+31611111111"'), {"answered": to("bye")}))
    graph = flow_graph(flow({**SECTIONS, "silent": silent, "leads_on": leads_on}))
    drawn = [(arrow.source, arrow.target, arrow.label) for arrow in graph.arrows]
    assert ("silent", "(hang up)", "answered") in drawn
    assert [arrow[1:] for arrow in drawn if arrow[0] == "leads_on"] == [("bye", "answered")]


def test_every_section_is_in_the_picture() -> None:
    """As text, in well-formed XML."""
    root = ET.fromstring(svg(flow_graph(flow())))  # noqa: S314  # our own
    texts = [element.text for element in root.iter(TEXT)]
    assert {"start", "news", "sales", "bye", 'play say "<bye>" & #'} <= set(texts)
    assert {"1, failed", "timeout, no_agents", "answered", "0"} <= set(texts)


def test_no_box_lies_on_another() -> None:
    """No box is outside of the picture of a flow of three hundred sections with circles."""
    sections = {
        f"s{n}": section(Play("offer"), Goto(to(f"s{n * 7 % 300}")), Goto(to(f"s{n // 2}")))
        for n in range(300)
    }
    root = ET.fromstring(svg(flow_graph(flow(sections, global_keys={}))))  # noqa: S314  # our own
    boxes = [
        [float(box.attrib[key]) for key in ("x", "y", "width", "height")]
        for box in root.iter(f"{{{NAMESPACE}}}rect")
    ]
    assert len(boxes) == 300
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    boxes.sort()
    for index, (x, y, w, h) in enumerate(boxes):
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height
        for x2, y2, _, h2 in boxes[index + 1 :]:
            if x2 >= x + w:
                break
            assert y2 >= y + h or y >= y2 + h2


@given(
    st.lists(st.text(), min_size=1, max_size=6, unique=True),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.text()), max_size=12),
)
def test_any_graph_gives_well_formed_pictures(
    titles: list[str], pairs: list[tuple[int, int, str]]
) -> None:
    """Whatever the texts and however the arrows run."""
    boxes = tuple(Box(f"b{n}", Shape.SECTION, (title,)) for n, title in enumerate(titles))
    arrows = tuple(
        Arrow(f"b{a % len(boxes)}", f"b{b % len(boxes)}", (label,)) for a, b, label in pairs
    )
    root = ET.fromstring(svg(Graph(boxes, arrows)))  # noqa: S314  # our own
    assert len([*root.iter(f"{{{NAMESPACE}}}rect")]) == len(boxes)
