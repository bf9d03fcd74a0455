"""One number, however it is written, has one form; what no plan knows stays as it came."""

import pytest

from contactcenter_ari.core.number import (
    area_of,
    cleaned,
    country_of,
    dialed_in,
    e164,
    home_of,
    is_country,
    is_e164,
    spellings,
    typed,
)

ANN = "+31611112222"


@pytest.mark.parametrize(
    "written",
    [
        ANN,
        "0611112222",
        "0031611112222",
        "31611112222",
        "611112222",
        "+0611112222",
        "+0031611112222",
        "+310611112222",
        "+31 (0)6 1111 22 22",
        "06-11112222",
        "tel:+31-6-11112222;phone-context=+31",
        "sip:%2B31611112222@carrier.example;user=phone",
        '"Ann" <sip:0611112222@carrier.example>',
        "0611112222;npdi;rn=+31600000000",
        "0611112222;ext=12",
        "0611112222 ext. 12",
        "+31611112222 x12",
        "\uff10\uff16\uff11\uff11\uff11\uff11\uff12\uff12\uff12\uff12",
        "\u0660\u0666\u0661\u0661\u0661\u0661\u0662\u0662\u0662\u0662",
    ],
)
def test_every_way_to_write_a_number(written: str) -> None:
    """A carrier, a person or a program may write it: it is one number."""
    assert e164(written, "NL") == ANN


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [
        ("612345678", "ES", "+34612345678"),
        ("34612345678", "ES", "+34612345678"),
        ("512345678", "PL", "+48512345678"),
        ("0612345678", "IT", "+390612345678"),
        ("390612345678", "IT", "+390612345678"),
        ("3933471234", "IT", "+393933471234"),
        ("89161234567", "RU", "+79161234567"),
        ("81031611112222", "RU", ANN),
        ("861234567", "LT", "+37061234567"),
        ("061234567", "LT", "+37061234567"),
        ("2125551234", "US", "+12125551234"),
        ("12125551234", "US", "+12125551234"),
        ("01131611112222", "US", ANN),
        ("0031611112222", "US", ANN),
        ("4165551234", "US", "+14165551234"),
        ("001131611112222", "AU", ANN),
        ("0021 31 611112222", "BR", ANN),
        ("5551234", "BB", "+12465551234"),
        ("442071234567", "NL", "+442071234567"),
        ("31611112222", "", ANN),
        ("0031611112222", "", ANN),
        ("0611112222", "31", ANN),
        # a range that the plan does not know yet, of the right length and with its prefix
        ("051234567", "LT", "+37051234567"),
        ("37051234567", "LT", "+37051234567"),
    ],
)
def test_a_number_in_the_way_of_its_country(written: str, country: str, number: str) -> None:
    """Each country has its own prefixes, or none."""
    assert e164(written, country) == number


@pytest.mark.parametrize(
    "written",
    [
        *("", "anonymous", "Restricted", "+", "00", "+31", "0", "x" * 500, "0" * 500, "9" * 500),
        *("1001", "14020", "112", "0612", "0612345", "0000000000", "06111122223333", "2101"),
        *(
            "*21*0611112222#",
            "*11",
            "background.sales",
            "Robert'); DROP TABLE interaction;--",
            "²³",
            "Ⅻ",
        ),
    ],
)
def test_what_is_no_number_stays_as_it_came(written: str) -> None:
    """Names, in-house numbers, codes and what is too short or too long; nothing raises."""
    assert e164(written, "NL") == written


def test_without_a_country_a_national_number_stays() -> None:
    """Nobody can tell whose it is."""
    assert [e164("0611112222"), e164("0611112222", "ZZ")] == ["0611112222"] * 2


@pytest.mark.parametrize(
    ("digits", "country", "number"),
    [
        ("0201234567", "NL", "+31201234567"),
        ("201234567", "NL", None),
        ("31201234567", "NL", "+31201234567"),
        ("0037061234567", "NL", "+37061234567"),
        ("0044201234567", "NL", "+44201234567"),
        ("0031061234", "NL", None),
        ("061111222", "NL", None),
        ("512345678", "PL", "+48512345678"),
        ("612345678", "ES", "+34612345678"),
        ("20123456", "DK", "+4520123456"),
        ("21234567", "NO", "+4721234567"),
        ("601234567", "CZ", "+420601234567"),
        ("912345678", "PT", "+351912345678"),
        ("2101234567", "GR", "+302101234567"),
        ("2125551234", "US", "+12125551234"),
        ("12125551234", "US", "+12125551234"),
        ("861234567", "LT", "+37061234567"),
        ("061234567", "LT", "+37061234567"),
        ("89161234567", "RU", "+79161234567"),
        ("0612345678", "IT", "+390612345678"),
        ("3471234567", "IT", "+393471234567"),
        ("612345678", "IT", None),
        ("2071234567", "GB", None),
        ("11987654321", "BR", "+5511987654321"),
        ("13812345678", "CN", "+8613812345678"),
        ("0*20#", "NL", None),
        ("\u0660\u0666\u0661\u0661\u0661\u0661\u0662\u0662\u0662\u0662", "NL", None),
        ("", "NL", None),
        ("0201234567", "", None),
    ],
)
def test_a_typed_number(digits: str, country: str, number: str | None) -> None:
    """A caller types the prefix where people write it; a number that cannot be is none."""
    assert typed(digits, country) == number


@pytest.mark.parametrize(
    ("number", "country", "area"),
    [
        ("+31201234567", "NL", "20"),
        (ANN, "NL", ""),
        ("+12125550100", "US", "212"),
        ("+14165551234", "CA", "416"),
        ("+18005551234", "US", ""),
        ("+390612345678", "IT", "06"),
        ("+48221234567", "PL", "22"),
        ("+442071234567", "GB", "20"),
        ("+447797712345", "JE", ""),
        ("+80012345678", "", ""),
        ("+999123456789", "", ""),
        *((text, "", "") for text in ("", "1001", "anonymous", "0201234567")),
    ],
)
def test_country_and_area(number: str, country: str, area: str) -> None:
    """By the numbering plans; the area is that of the number, not where a mobile is."""
    assert (country_of(number), area_of(number)) == (country, area)


def test_the_home_of_numbers() -> None:
    """The first one that has a country tells it."""
    assert home_of(("1001", "+80012345678", "+37061234567", "+31201234567")) == "LT"
    assert home_of(("1001",)) == ""


def test_the_ways_a_carrier_writes_a_number() -> None:
    """With the calling code, with the national prefix, with neither."""
    assert spellings("+31201234567") == ("31201234567", "0201234567", "201234567")
    assert spellings("+34910000000") == ("34910000000", "910000000")
    assert spellings("1001") == ("1001",)


@pytest.mark.parametrize(
    ("country", "number", "dialed"),
    [
        ("NL", "+31201234567", "0201234567"),
        ("NL", "+442071234567", "00442071234567"),
        ("US", "+31201234567", "01131201234567"),
        ("US", "+16502530000", "16502530000"),
        ("ES", "+34911234567", "911234567"),
        ("IT", "+390612345678", "0612345678"),
        ("RU", "+31201234567", "81031201234567"),
        ("NL", "1001", "1001"),
        ("", "+31201234567", "+31201234567"),
    ],
)
def test_a_number_as_people_of_a_country_dial_it(country: str, number: str, dialed: str) -> None:
    """National within, with the prefix for other countries else."""
    assert dialed_in(country, number) == dialed


def test_what_countries_and_numbers_look_like() -> None:
    """Two capital letters; a plus and digits."""
    assert [is_country(code) for code in ("NL", "nl", "UK", "31", "")] == [True] + [False] * 4
    assert [is_e164(n) for n in (ANN, "31611112222", "+1", "+31 6", "1001")] == [True] + [
        False
    ] * 4


def test_what_is_cleaned_away() -> None:
    """Only digits, plus, star and hash come in; a name has none."""
    assert [cleaned(text) for text in ("anonymous", "a\x00b1", "*11", "+31;x=6")] == [
        *("", "1", "*11", "+31"),
    ]
