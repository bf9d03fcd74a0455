"""A graph as a picture in SVG, without any program beside us.

Promises: well-formed XML whatever stands in a flow; text stays text, so that it can be searched
and copied.
"""

import re
from xml.etree import ElementTree as ET

from contactcenter_ari.drawing.graph import Arrow, Box, Graph, Shape
from contactcenter_ari.drawing.layout import Layout, Point, Size, laid_out

NAMESPACE = "http://www.w3.org/2000/svg"
LETTER, LINE = 7.3, 17.0
"""The width of a letter and the height of a line, in pixels, in a font of equal widths."""
PADDING = 12.0
STYLE = """
text { font: 12px ui-monospace, Menlo, Consolas, monospace; fill: #1b2733; }
.title { font-weight: bold; }
.section { fill: #ffffff; stroke: #4a6078; }
.beginning, .end { fill: #e8f0f7; stroke: #4a6078; }
.arrow { fill: none; stroke: #6b7f94; }
.returns { stroke-dasharray: 5 4; }
.label { font-size: 11px; fill: #1d4f7c; stroke: #ffffff; stroke-width: 4px; \
paint-order: stroke; }
"""

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


def svg(graph: Graph) -> str:
    """The picture, as the text of a file."""
    sizes = {box.name: _size(box) for box in graph.boxes}
    layout = laid_out(graph, sizes)
    root = ET.Element(
        "svg",
        xmlns=NAMESPACE,
        width=_number(layout.width),
        height=_number(layout.height),
        viewBox=f"0 0 {_number(layout.width)} {_number(layout.height)}",
    )
    ET.SubElement(root, "style").text = STYLE
    _add_arrow_head(root)
    for arrow in graph.arrows:
        _add_arrow(root, arrow, layout, sizes)
    for box in graph.boxes:
        _add_box(root, box, layout.places[box.name], sizes[box.name])
    for arrow in graph.arrows:
        _add_label(root, arrow, layout, sizes)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _size(box: Box) -> Size:
    longest = max(len(line) for line in box.lines)
    return Size(longest * LETTER + 2 * PADDING, len(box.lines) * LINE + 2 * PADDING - 4)


def _add_arrow_head(root: ET.Element) -> None:
    definitions = ET.SubElement(root, "defs")
    head = ET.SubElement(
        definitions, "marker", id="head", viewBox="0 0 10 10", refX="9", refY="5",
        markerWidth="7", markerHeight="7", orient="auto-start-reverse",
    )  # fmt: skip
    ET.SubElement(head, "path", d="M 0 0 L 10 5 L 0 10 z", fill="#6b7f94")


def _add_box(root: ET.Element, box: Box, middle: Point, size: Size) -> None:
    left, top = middle[0] - size.width / 2, middle[1] - size.height / 2
    group = ET.SubElement(root, "g")
    ET.SubElement(
        group,
        "rect",
        {"class": str(box.shape)},
        x=_number(left),
        y=_number(top),
        width=_number(size.width),
        height=_number(size.height),
        rx="6" if box.shape is Shape.SECTION else "16",
    )
    for number, line in enumerate(box.lines):
        words = line.lstrip("\u00a0")
        indent = (len(line) - len(words)) * LETTER
        text = ET.SubElement(
            group,
            "text",
            x=_number(left + PADDING + indent),
            y=_number(top + PADDING + 9 + number * LINE),
        )
        text.text = _clean(words)
        if number == 0:
            text.set("class", "title")


def _add_arrow(root: ET.Element, arrow: Arrow, layout: Layout, sizes: dict[str, Size]) -> None:
    kinds = "arrow returns" if arrow.returns else "arrow"
    way = _curve(_way(arrow, layout, sizes))
    ET.SubElement(root, "path", {"class": kinds, "marker-end": "url(#head)"}, d=way)


def _add_label(root: ET.Element, arrow: Arrow, layout: Layout, sizes: dict[str, Size]) -> None:
    """Write the label where the arrow leaves its row; neighbors stand at three heights."""
    if not arrow.label:
        return
    points = _way(arrow, layout, sizes)
    edge = (arrow.source, arrow.target)
    share = (1 + layout.ranks.get(edge, 0) % 3) / 4
    x, y = _on_curve(points[1], points[2], share)
    text = ET.SubElement(
        root,
        "text",
        {"class": "label", "text-anchor": "middle"},
        x=_number(x),
        y=_number(y + 4),
    )
    text.text = _clean(arrow.label)


def _way(arrow: Arrow, layout: Layout, sizes: dict[str, Size]) -> tuple[Point, ...]:
    if arrow.source != arrow.target:
        return layout.ways[arrow.source, arrow.target]
    x, y = layout.places[arrow.source]
    side = x + sizes[arrow.source].width / 2
    return ((side, y - 8), (side + 30, y - 8), (side + 30, y + 8), (side, y + 8))


def _on_curve(start: Point, end: Point, share: float) -> Point:
    """The point of the curve between two points, see `_curve`."""
    smooth = share * share * (3 - 2 * share)
    upright = 1.5 * share * (1 - share) + share**3
    return (
        start[0] + (end[0] - start[0]) * smooth,
        start[1] + (end[1] - start[1]) * upright,
    )


def _curve(points: tuple[Point, ...]) -> str:
    """A smooth line that comes to each point upright."""
    x, y = points[0]
    parts = [f"M {_number(x)} {_number(y)}"]
    for next_x, next_y in points[1:]:
        bend = (y + next_y) / 2
        parts.append(
            f"C {_number(x)} {_number(bend)}, {_number(next_x)} {_number(bend)}, "
            f"{_number(next_x)} {_number(next_y)}"
        )
        x, y = next_x, next_y
    return " ".join(parts)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
