"""The fixtures that the tests of speech share: the real speech programs."""

import pytest

from contactcenter_ari.machine.tool import Tools
from contactcenter_ari.speech.voice import EspeakVoice, FliteVoice


@pytest.fixture
def espeak(tools: Tools) -> EspeakVoice:
    """The real espeak-ng."""
    return EspeakVoice(tools.espeak, tools.environment)


@pytest.fixture
def flite(tools: Tools) -> FliteVoice:
    """The real flite."""
    return FliteVoice(tools.flite, tools.environment)
