"""Every wait that may be announced, worded in every language of the system's prompts."""

from datetime import timedelta

import pytest

from contactcenter_ari.core.acd.estimate import rounded_up
from contactcenter_ari.core.spoken.phrase import render

LANGUAGES = ("en", "nl", "ru", "lt", "ro")
WAITS = [
    (1, "1 minute", "1 minuut", "одна минута", "viena minutė", "un minut"),
    (2, "2 minutes", "2 minuten", "две минуты", "dvi minutės", "două minute"),
    (3, "3 minutes", "3 minuten", "3 минуты", "3 minutės", "3 minute"),
    (4, "4 minutes", "4 minuten", "4 минуты", "keturios minutės", "4 minute"),
    (5, "5 minutes", "5 minuten", "5 минут", "penkios minutės", "5 minute"),
    (6, "6 minutes", "6 minuten", "6 минут", "šešios minutės", "6 minute"),
    (7, "7 minutes", "7 minuten", "7 минут", "septynios minutės", "7 minute"),
    (8, "8 minutes", "8 minuten", "8 минут", "aštuonios minutės", "8 minute"),
    (9, "9 minutes", "9 minuten", "9 минут", "devynios minutės", "9 minute"),
    (10, "10 minutes", "10 minuten", "10 минут", "10 minučių", "10 minute"),
    (15, "15 minutes", "15 minuten", "15 минут", "15 minučių", "15 minute"),
    (20, "20 minutes", "20 minuten", "20 минут", "20 minučių", "20 de minute"),
    (
        25,
        "25 minutes",
        "25 minuten",
        "25 минут",
        "dvidešimt penkios minutės",
        "25 de minute",
    ),
    (30, "30 minutes", "30 minuten", "30 минут", "30 minučių", "30 de minute"),
    (
        45,
        "45 minutes",
        "45 minuten",
        "45 минут",
        "keturiasdešimt penkios minutės",
        "45 de minute",
    ),
    (60, "1 hour", "1 uur", "1 час", "viena valanda", "o oră"),
    (
        75,
        "1 hour and 15 minutes",
        "1 uur en 15 minuten",
        "1 час 15 минут",
        "viena valanda ir 15 minučių",
        "o oră și 15 minute",
    ),
    (
        90,
        "1 hour and 30 minutes",
        "1 uur en 30 minuten",
        "1 час 30 минут",
        "viena valanda ir 30 minučių",
        "o oră și 30 de minute",
    ),
    (
        105,
        "1 hour and 45 minutes",
        "1 uur en 45 minuten",
        "1 час 45 минут",
        "viena valanda ir keturiasdešimt penkios minutės",
        "o oră și 45 de minute",
    ),
    (120, "2 hours", "2 uur", "2 часа", "dvi valandos", "două ore"),
    (180, "3 hours", "3 uur", "3 часа", "3 valandos", "3 ore"),
    (240, "4 hours", "4 uur", "4 часа", "keturios valandos", "4 ore"),
    (300, "5 hours", "5 uur", "5 часов", "penkios valandos", "5 ore"),
    (600, "10 hours", "10 uur", "10 часов", "10 valandų", "10 ore"),
    (660, "11 hours", "11 uur", "11 часов", "11 valandų", "11 ore"),
    (720, "12 hours", "12 uur", "12 часов", "12 valandų", "douăsprezece ore"),
    (1200, "20 hours", "20 uur", "20 часов", "20 valandų", "20 de ore"),
    (
        1260,
        "21 hours",
        "21 uur",
        "21 час",
        "dvidešimt viena valanda",
        "douăzeci și una de ore",
    ),
    (
        1320,
        "22 hours",
        "22 uur",
        "22 часа",
        "dvidešimt dvi valandos",
        "douăzeci și două de ore",
    ),
]
CASES = [
    (minutes, language, words)
    for minutes, *worded in WAITS
    for language, words in zip(LANGUAGES, worded, strict=True)
]


@pytest.mark.parametrize(("minutes", "language", "words"), CASES)
def test_a_wait_agrees_in_number_and_gender(minutes: int, language: str, words: str) -> None:
    """Noun and number agree, so that a voice reads it right."""
    assert render(timedelta(minutes=minutes), "duration", language) == words


def test_all_waits_up_to_five_hours_are_in_the_table() -> None:
    """Every estimate is rounded to one of the waits above."""
    bounds = (timedelta(seconds=seconds) for seconds in range(0, 5 * 3600 + 1, 7))
    told = {rounded_up(bound) for bound in bounds}
    assert told <= {timedelta(minutes=minutes) for minutes, *_ in WAITS}


@pytest.mark.parametrize(
    ("minutes", "language", "words"),
    [
        (21, "ru", "двадцать одна минута"),
        (22, "ru", "двадцать две минуты"),
        (21, "lt", "dvidešimt viena minutė"),
        (21, "ro", "21 de minute"),
    ],
)
def test_waits_beyond_the_ladder(minutes: int, language: str, words: str) -> None:
    """A flow may use any duration in a prompt; those of its own choosing agree as well."""
    assert render(timedelta(minutes=minutes), "duration", language) == words
