"""The description of the API is whole in itself."""

import msgspec

from contactcenter_ari.web.access import PUBLIC
from contactcenter_ari.web.openapi import OPERATIONS, description


def test_every_reference_leads_somewhere() -> None:
    """Each schema named is among the components, and none is there in vain."""
    text = msgspec.json.encode(description()).decode()
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    components = description()["components"]
    assert isinstance(components, dict)
    assert named == set(components["schemas"])


def test_what_is_described_as_public_is_public() -> None:
    """And nothing else is."""
    assert {path for (path, _), operation in OPERATIONS.items() if operation.right is None} == {
        *PUBLIC
    }
    assert description()["security"] == [{"token": []}]
