"""Real speech programs speak; whatever the text holds, it is only ever words."""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.speech import voice as voice_module
from contactcenter_ari.speech.voice import EspeakVoice, FliteVoice, SpeechFailed, Voice
from tests.hearing import HEARD, duration_of, find, level_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Welcome. This call is recorded.", "en"),
        ("U bent nummer 3 in de wachtrij.", "nl"),
        ("Все операторы заняты.", "ru"),  # noqa: RUF001 Russian
        ("Visi operatoriai užimti.", "lt"),
        ("Toți operatorii sunt ocupați.", "ro"),
        ("Bienvenue chez nous.", "fr-FR"),
    ],
)
async def test_espeak_speaks_many_languages(espeak: EspeakVoice, text: str, language: str) -> None:
    """A sentence lasts a second or two, is even in loudness, not clipped, and ends at once."""
    speech = await espeak.speak(text, language)
    peak = np.abs(speech.astype(np.int32)).max()
    assert timedelta(seconds=0.8) < duration_of(speech) < timedelta(seconds=4)
    assert level_of(speech) == pytest.approx(-20, abs=3)
    assert peak <= 0.9 * 32768 + 1
    assert np.abs(speech[-800:]).max() > peak / 100


async def test_flite_speaks_english_alone(flite: FliteVoice) -> None:
    """Flite speaks English, and refuses what it would mispronounce."""
    speech = await flite.speak("Welcome. This call is recorded.", "en")
    assert duration_of(speech) > timedelta(seconds=1)
    assert level_of(speech) == pytest.approx(-20, abs=3)
    with pytest.raises(SpeechFailed, match="English"):
        await flite.speak("Welkom.", "nl")


@pytest.mark.parametrize("program", ["espeak", "flite"])
async def test_markup_and_options_are_not_obeyed(
    espeak: EspeakVoice, flite: FliteVoice, program: str
) -> None:
    """Phonemes, tags, control characters and options in a text change nothing but words."""
    speaker: Voice = espeak if program == "espeak" else flite
    plain = await speaker.speak("h@loU one", "en")
    marked = await speaker.speak("\x1b[[h@loU]] \x00<\x01>one\r\n", "en")
    assert find(plain, marked).score > HEARD
    options = await speaker.speak("-f /etc/passwd; $(reboot)", "en")
    assert duration_of(options) < timedelta(seconds=6)


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("", "en", "no words"),
        ("\x00 \u200b", "en", "no words"),
        ("-", "en", "nothing audible"),
        ("x" * 2001, "en", "2001 characters"),
        ("Hello", "xx", "espeak-ng: .*does not exist"),
        ("Hello", "en -f x", "no language"),
        ("Hello", "", "no language"),
    ],
)
async def test_what_cannot_be_spoken_is_an_error(
    espeak: EspeakVoice, text: str, language: str, reason: str
) -> None:
    """Nothing to say, too much to say or an unknown language: the error says which."""
    with pytest.raises(SpeechFailed, match=reason):
        await espeak.speak(text, language)


async def test_unencodable_text_is_spoken_as_far_as_possible(espeak: EspeakVoice) -> None:
    """Half a surrogate in a name does not spoil the sentence."""
    assert (await espeak.speak("Hello \ud800 Jansen", "en")).any()


async def test_a_missing_program_is_an_error(tmp_path: Path) -> None:
    """Without the program the error names it."""
    voice = EspeakVoice((str(tmp_path / "espeak-ng"),), {})
    with pytest.raises(SpeechFailed, match="espeak-ng: cannot be run: No such file"):
        await voice.speak("Hello", "en")


async def test_a_program_that_hangs_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the deadline there is an error, and no process is left."""
    monkeypatch.setattr(voice_module, "DEADLINE", timedelta(seconds=1))
    hang = tmp_path / "hang.py"
    hang.write_text(
        "import os, pathlib, time\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n"
        "time.sleep(60)\n"
    )
    voice = EspeakVoice((sys.executable, str(hang)), {})
    with pytest.raises(SpeechFailed, match="not done after 1 s"):
        await voice.speak("Hello", "en")
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


async def test_few_programs_run_at_once(tmp_path: Path, tools: Tools) -> None:
    """Ten texts at once are all spoken, by two programs at a time."""
    wrapper = tmp_path / "espeak-ng"
    running = tmp_path / "running"
    running.mkdir()
    command = " ".join(tools.espeak)
    wrapper.write_text(
        f"#!/bin/sh\ntouch {running}/$$\nls {running} | wc -l >> {tmp_path}/seen\n"
        f'{command} "$@"\nrm {running}/$$\n'
    )
    wrapper.chmod(0o755)
    environment = {"PATH": os.environ["PATH"], **tools.environment}
    voice = EspeakVoice((str(wrapper),), environment)
    spoken = await asyncio.gather(*(voice.speak(f"Number {n}.", "en") for n in range(10)))
    seen = [int(line) for line in (tmp_path / "seen").read_text().split()]
    assert len(spoken) == len(seen) == 10
    assert max(seen) <= 2
