"""Numbers and countries in the files of a site."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contactcenter_ari.config.problem import SiteInvalid
from contactcenter_ari.config.site import load_site
from contactcenter_ari.core.flow.language.expression import Literal
from contactcenter_ari.core.flow.verb.transfer import TransferOut

WriteSite = Callable[..., Path]
OURS = 'numbers: ["+31201234567"]'


def told(folder: Path) -> str:
    """All problems of a site in text form."""
    with pytest.raises(SiteInvalid) as caught:
        load_site(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("numbers", "site", "numbers_read", "country"),
    [
        ('numbers: ["+31201234567"]', "", ("+31201234567",), "NL"),
        ('numbers: ["1001", "+34910000000"]', "", ("1001", "+34910000000"), "ES"),
        ('numbers: ["1001"]', "", ("1001",), ""),
        ('numbers: ["1001"]', "country: LT", ("1001",), "LT"),
        ('numbers: ["+31201234567"]', "country: LT", ("+31201234567",), "NL"),
        ('numbers: ["+31201234567"]\ncountry: DE', "", ("+31201234567",), "DE"),
        ("numbers: [020 123 4567]\ncountry: NL", "", ("+31201234567",), "NL"),
        ("numbers: [0201234567]", "country: NL", ("+31201234567",), "NL"),
        ("numbers: [21234567]\ncountry: NO", "", ("+4721234567",), "NO"),
    ],
)
def test_the_country_of_a_flow(  # noqa: PLR0917  # fixtures, and the case
    write_site: WriteSite,
    flow_text: str,
    site_text: str,
    numbers: str,
    site: str,
    numbers_read: tuple[str, ...],
    country: str,
) -> None:
    """Its own, else that of its first E.164 number, else the site's. Where the files say one,
    numbers may stand as they are written there.
    """
    folder = write_site(desk=flow_text.replace(OURS, numbers), site=f"{site_text}{site}\n")
    (flow,) = load_site(folder).flows
    assert (flow.numbers, flow.country_code) == (numbers_read, country)


@pytest.mark.parametrize(
    ("country", "suggestion"),
    [("nl", "NL"), ("UK", "GB"), ("NLD", ""), ("31", ""), ("Netherlands", "")],
)
def test_what_is_no_country(
    write_site: WriteSite, flow_text: str, country: str, suggestion: str
) -> None:
    """Two letters of ISO 3166, and what was probably meant."""
    text = told(write_site(desk=flow_text.replace(OURS, f"{OURS}\ncountry: {country}")))
    assert f'country must be two letters of ISO 3166, for example NL, not "{country}"' in text
    assert (f'did you mean "{suggestion}"?' in text) == bool(suggestion)


@pytest.mark.parametrize("number", ["0201234567", "1", "1234567", "10a1"])
def test_what_is_no_number(write_site: WriteSite, flow_text: str, number: str) -> None:
    """A national number needs a country that the files say; a short one has 2 to 6 digits."""
    text = told(write_site(desk=flow_text.replace(OURS, f'numbers: ["{number}", "+31201234567"]')))
    assert (
        f'a number must be a phone number in E.164, for example +31201234567, not "{number}"'
        in (text)
    )


def test_one_number_in_two_flows_however_it_is_written(
    write_site: WriteSite, flow_text: str
) -> None:
    """A number belongs to one flow."""
    other = flow_text.replace("flow: desk", "flow: night").replace(
        OURS, 'numbers: ["020-1234567"]\ncountry: NL'
    )
    text = told(write_site(desk=flow_text, night=other))
    assert 'number "+31201234567" belongs to flow "desk" already' in text


def test_a_national_number_to_dial(write_site: WriteSite, flow_text: str) -> None:
    """With a country in the files it is a number of that country, and dial_allow applies to it."""
    text = flow_text.replace(OURS, f'{OURS}\ncountry: NL\ndial_allow: ["+316"]')
    verb = "- transfer: 0611112222"
    (flow,) = load_site(write_site(desk=text.replace("- play: hello", verb, 1))).flows
    transfer = flow.sections["start"].steps[1].verb
    assert isinstance(transfer, TransferOut)
    assert isinstance(transfer.number.root, Literal)
    assert transfer.number.root.text == "+31611112222"
