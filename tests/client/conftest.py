"""The engineer of the service's tests, whose center is asked over HTTP here."""

from tests.service.conftest import engineer

__all__ = ["engineer"]
