"""The description of the API is whole in itself."""

import re

import msgspec

from contactcenter_ari.web.application import ROUTES
from contactcenter_ari.web.openapi import description, problems_of
from contactcenter_ari.web.right import GRANTS, Right
from contactcenter_ari.web.route import WithoutToken

SINCE = {"since", "waiting_since", "wrap_up_until"}


class Schema(msgspec.Struct):
    """The schema of a type; an enumeration has no properties."""

    properties: dict[str, object] = {}


class Components(msgspec.Struct):
    """The schemas by name."""

    schemas: dict[str, Schema]


class Described(msgspec.Struct):
    """The part of the description that is looked at."""

    components: Components


def test_every_reference_leads_somewhere() -> None:
    """Each schema named is among the components, and each of them is used."""
    text = msgspec.json.encode(description(ROUTES)).decode()
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    components = description(ROUTES)["components"]
    assert isinstance(components, dict)
    assert named == set(components["schemas"])


def test_what_is_described_as_public_is_public() -> None:
    """And nothing else is."""
    public = {r.path for r in ROUTES.routes if r.without_token is WithoutToken.ANYBODY}
    assert {route.path for route in ROUTES.routes if route.right is None} == public
    assert public == {"/healthz", "/readyz"}
    assert description(ROUTES)["security"] == [{"token": []}]


def test_every_operation_has_a_name_of_its_own() -> None:
    """Programs that are generated from the description call their functions so."""
    names = [route.operation for route in ROUTES.routes]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", name) for name in names)
    assert all(route.tags for route in ROUTES.routes)


def test_the_parameters_are_those_of_the_path() -> None:
    """In its order."""
    for route in ROUTES.routes:
        assert [part.name for part in route.parameters] == re.findall(r"\{(\w+)\}", route.path)


def test_every_right_is_granted_to_a_role() -> None:
    """And each but the right to see numbers opens a route."""
    assert all(GRANTS[right] for right in Right)
    assert {route.right for route in ROUTES.routes} - {None} == {*Right} - {Right.READ_NUMBERS}


def test_a_status_has_one_form() -> None:
    """The problems of a route come with a status of their own, and each code once."""
    for route in ROUTES.routes:
        kinds = list(problems_of(route))
        assert len({kind.code for kind in kinds}) == len(kinds), route.operation
        assert {kind.status for kind in kinds}.isdisjoint({200, 202})


def test_instants_and_durations_have_a_format() -> None:
    """A client knows an instant from a text, and seconds from another number."""
    schemas = msgspec.convert(description(ROUTES), Described).components.schemas
    instants = {
        (name, field)
        for name, schema in schemas.items()
        for field, form in schema.properties.items()
        if "date-time" in msgspec.json.encode(form).decode()
    }
    seconds = {
        (name, field)
        for name, schema in schemas.items()
        for field, form in schema.properties.items()
        if '"x-unit":"seconds"' in msgspec.json.encode(form).decode()
    }
    fields = {(name, field) for name, schema in schemas.items() for field in schema.properties}
    assert instants == {one for one in fields if one[1].endswith("_at") or one[1] in SINCE}
    assert seconds == {one for one in fields if one[1].endswith("_seconds")}
