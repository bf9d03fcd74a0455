"""What the tests of speech share: the real speech programs."""

import os

import pytest
from rich.console import Console

from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.machine.tool_root import ensure_tools
from contactcenter_ari.speech.voice import EspeakVoice, FliteVoice


@pytest.fixture(scope="session")
def speech_tools() -> Tools:
    """The native tools; a missing one is an error."""
    return ensure_tools(Console(stderr=True), os.environ)


@pytest.fixture
def espeak(speech_tools: Tools) -> EspeakVoice:
    """The real espeak-ng."""
    return EspeakVoice(speech_tools.espeak, speech_tools.environment)


@pytest.fixture
def flite(speech_tools: Tools) -> FliteVoice:
    """The real flite."""
    return FliteVoice(speech_tools.flite, speech_tools.environment)
