"""Charts: real pictures with what they are about, the same every time."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import matplotlib.image
import pytest
from typer.testing import CliRunner

from contactcenter_ari.cli.acd import acd
from contactcenter_ari.config.settings import CHECKOUT
from contactcenter_ari.planning.chart import ChartFailed, draw_chart
from contactcenter_ari.planning.forecast import Forecast, forecasts
from contactcenter_ari.planning.one_queue import OneQueue
from contactcenter_ari.planning.run import simulate
from contactcenter_ari.planning.scenario import Scenario
from contactcenter_ari.planning.scenario_file import read_scenario

QUICK = OneQueue(
    per_hour=60, handle_time=timedelta(minutes=3), hours=5, patience=timedelta(minutes=2)
)


def forecast_of(*scenarios: Scenario) -> list[Forecast]:
    """The results of the scenarios."""
    return forecasts(scenarios, list(simulate(scenarios)))


@pytest.fixture(scope="module")
def day() -> list[Forecast]:
    """The shipped example on three days."""
    return forecast_of(replace(read_scenario(CHECKOUT / "docs" / "staffing.yaml"), days=3))


def words(picture: Path) -> set[str]:
    """All words in an SVG picture."""
    return {text.strip() for text in ET.parse(picture).getroot().itertext() if text.strip()}  # noqa: S314  # our own file


def test_a_day(tmp_path: Path, day: list[Forecast]) -> None:
    """Each queue by the half hour: service level, waits, agents beside the load."""
    draw_chart(day, tmp_path / "day.svg", target=0.8)
    for word in ("claims", "sales", "Service level, %", "Speed of answer, s", "agents", "08:00"):
        assert word in words(tmp_path / "day.svg")


def test_several_staffings(tmp_path: Path) -> None:
    """By the number of agents, with Erlang's curves beside."""
    draw_chart(
        forecast_of(*(QUICK.scenario(agents) for agents in (3, 4, 5))),
        tmp_path / "range.svg",
        target=0.8,
    )
    for word in ("calls", "Erlang C", "Erlang A", "wanted", "occupancy", "3", "4", "5"):
        assert word in words(tmp_path / "range.svg")


def test_one_staffing(tmp_path: Path) -> None:
    """Batch by batch, with the figure of all and Erlang's."""
    draw_chart(forecast_of(QUICK.scenario(4)), tmp_path / "steady.svg", target=0.8)
    for word in ("all batches", "Erlang A", "Hours", "Occupancy, %"):
        assert word in words(tmp_path / "steady.svg")


@pytest.mark.parametrize("name", ["day.svg", "day.png"])
def test_the_same_forecast_gives_the_same_bytes(
    tmp_path: Path, day: list[Forecast], name: str
) -> None:
    """Nothing of the clock, of chance or of the machine gets into a picture."""
    pictures = []
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        draw_chart(day, tmp_path / folder / name, target=0.8)
        pictures.append((tmp_path / folder / name).read_bytes())
    assert pictures[0] == pictures[1]


def test_the_png_shows_something(tmp_path: Path, day: list[Forecast]) -> None:
    """It is large enough to read, and not of one color."""
    draw_chart(day, tmp_path / "day.png", target=0.8)
    pixels = matplotlib.image.imread(tmp_path / "day.png")
    height, width, _ = pixels.shape
    assert height > 800
    assert width > 1200
    assert len({tuple(color) for color in pixels[::7, ::7].reshape(-1, 4).tolist()}) > 10


def test_a_folder_that_is_missing(tmp_path: Path, day: list[Forecast]) -> None:
    """It is told which file cannot be written."""
    with pytest.raises(ChartFailed, match="cannot be written"):
        draw_chart(day, tmp_path / "missing" / "day.svg", target=0.8)


def test_the_command_draws(tmp_path: Path) -> None:
    """With --chart the picture is written beside the table; other endings are refused first."""
    words_ = ["simulate", "--agents", "4", "--arrivals-per-hour", "60", "--aht", "3m", "--hours"]
    good = CliRunner().invoke(acd, [*words_, "2", "--chart", str(tmp_path / "now.svg")])
    assert good.exit_code == 0, good.stderr
    assert "calls" in words(tmp_path / "now.svg")
    assert "Erlang C" in good.stdout
    bad = CliRunner().invoke(acd, [*words_, "2", "--chart", "now.jpg"])
    assert bad.exit_code == 2
