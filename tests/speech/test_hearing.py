"""A recording proves which prompt was heard, when, and whose tone."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest

from contactcenter_ari.speech.hearing import Sound, all_heard
from contactcenter_ari.speech.music import compose
from contactcenter_ari.speech.tone import (
    SAMPLE_RATE,
    Samples,
    decode_ulaw,
    encode_alaw,
    encode_ulaw,
    silence,
    sine,
    to_samples,
)
from contactcenter_ari.speech.voice import EspeakVoice
from tests.g711 import decode_alaw
from tests.hearing import HEARD, find, tone_heard, tone_level

SECOND = timedelta(seconds=1)
TEXTS = (
    "Welcome. This call is recorded.",
    "Welcome. This call is not recorded.",
    "For sales, press 1. For support, press 2.",
    "You are number 3 in line.",
    "You are number 4 in line.",
    "All our agents are busy.",
    "Sorry, I did not understand that.",
)


def over_the_line(*parts: Samples, gain: float = 1.0) -> Samples:
    """The parts one after the other, louder or softer, twice through G.711."""
    sent = to_samples(np.concatenate(parts).astype(np.float64) * gain)
    return decode_alaw(encode_alaw(decode_ulaw(encode_ulaw(sent))))


async def test_the_right_prompt_is_heard_and_no_other(espeak: EspeakVoice) -> None:
    """Among like-sounding prompts, each recording is of exactly one, at its instant."""
    prompts = [await espeak.speak(text, "en") for text in TEXTS]
    music = compose()
    for spoken, prompt in enumerate(prompts):
        recording = over_the_line(music[:12345], prompt, music[:80_000], gain=0.3)
        found = [find(each, recording) for each in prompts]
        heard = [number for number, match in enumerate(found) if match.score > HEARD]
        assert [spoken] == heard
        assert found[spoken].score > 0.95
        assert found[spoken].offset == timedelta(seconds=12345 / SAMPLE_RATE)


async def test_a_quiet_prompt_is_found_beside_a_loud_one(espeak: EspeakVoice) -> None:
    """Loudness elsewhere in the recording does not hide a prompt."""
    prompt = await espeak.speak(TEXTS[0], "en")
    loud = sine(440, 3 * SECOND, level=-6)
    quiet = (prompt // 10).astype(np.int16)
    match = find(prompt, over_the_line(loud, quiet, loud))
    assert match.score > 0.95
    assert match.offset == 3 * SECOND


def test_silence_and_too_short_a_recording_hold_no_prompt() -> None:
    """Nothing is found in nothing, and nothing too long for the recording."""
    prompt = sine(440, SECOND)
    assert find(prompt, silence(2 * SECOND)).score == 0
    assert find(prompt, prompt[:100]).score == 0
    assert find(silence(SECOND), sine(440, 2 * SECOND)).score == 0
    assert find(silence(timedelta()), prompt).score == 0


def test_a_tone_is_told_from_others() -> None:
    """Each party's tone carries nearly all energy of its own windows and none of the others'."""
    tones = (440, 620, 1000, 1700)
    for sent in tones:
        recording = over_the_line(sine(sent, SECOND))
        for expected in tones:
            level = tone_level(recording, expected).mean()
            assert level == pytest.approx(1.0 if expected == sent else 0.0, abs=0.02)


def test_both_tones_of_a_mixed_recording_are_heard() -> None:
    """In a recording of two parties talking at once each has half the energy."""
    mixed = over_the_line(sine(440, SECOND) + sine(1000, SECOND))
    assert tone_level(mixed, 440).mean() == pytest.approx(0.5, abs=0.02)
    assert tone_level(mixed, 1000).mean() == pytest.approx(0.5, abs=0.02)
    assert tone_heard(mixed, 440, fraction=0.4) == SECOND


def test_when_a_tone_was_heard() -> None:
    """Windows show when the tone came and went; silence holds none."""
    recording = over_the_line(silence(SECOND), sine(620, 2 * SECOND), silence(SECOND))
    windows = tone_level(recording, 620) > 0.5
    assert list(np.flatnonzero(windows)) == list(range(10, 30))
    assert tone_heard(recording, 620) == 2 * SECOND
    assert len(tone_level(recording[:10], 620)) == 0


async def test_all_that_was_heard_is_told_in_order(espeak: EspeakVoice) -> None:
    """Prompts whole or cut short, tones, silence, and what is none of these."""
    whole, cut, next_ = [await espeak.speak(TEXTS[each], "en") for each in (2, 6, 3)]
    cut_short = cut[: len(cut) * 2 // 3]
    parts = (silence(SECOND), whole, sine(440, SECOND), cut_short, next_, silence(SECOND))
    prompts = [("sales", whole), ("sorry", cut), ("third", next_)]
    heard = all_heard(over_the_line(*parts), prompts)
    assert [(each.sound, each.name, each.whole) for each in heard] == [
        (Sound.SILENCE, "", True),
        (Sound.PROMPT, "sales", True),
        (Sound.TONE, "440 Hz", True),
        (Sound.PROMPT, "sorry", False),
        (Sound.PROMPT, "third", True),
        (Sound.SILENCE, "", True),
    ]
    assert [abs(each.at - at) < SECOND / 4 for each, at in zip(heard, starts(parts), strict=True)]


def starts(parts: Sequence[Samples]) -> list[timedelta]:
    """When each part begins."""
    lengths = [timedelta(seconds=len(part) / SAMPLE_RATE) for part in parts]
    return [sum(lengths[:number], timedelta()) for number in range(len(parts))]


async def test_prompts_that_begin_alike_are_told_apart(espeak: EspeakVoice) -> None:
    """By how long the recording goes on like each."""
    prompts = [(text, await espeak.speak(text, "en")) for text in TEXTS]
    for text, samples in prompts:
        heard = all_heard(over_the_line(silence(SECOND), samples, silence(SECOND)), prompts)
        assert [each.name for each in heard if each.sound is Sound.PROMPT] == [text]


async def test_a_prompt_that_is_heard_twice_is_told_twice(espeak: EspeakVoice) -> None:
    """A menu says itself again."""
    menu = await espeak.speak(TEXTS[2], "en")
    heard = all_heard(over_the_line(menu, silence(2 * SECOND), menu), [("menu", menu)])
    assert [each.name for each in heard if each.sound is Sound.PROMPT] == ["menu", "menu"]


def test_music_is_no_prompt_and_nothing_is_nothing() -> None:
    """An empty recording has no stretch."""
    assert {each.sound for each in all_heard(compose()[:40_000], [])} <= {Sound.OTHER, Sound.TONE}
    assert all_heard(silence(timedelta()), []) == []
