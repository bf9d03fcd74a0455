"""The kinds of numbers that begin with an entry of `dial_allow`, by the numbering plans.

The plans are patterns, so beginnings are tried: the examples of every plan, and each way to go on
for two digits with the rest of an example.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    PhoneMetadata,
    PhoneNumberDesc,
)

from contactcenter_ari.config.document import Scalar
from contactcenter_ari.config.reading import Reading
from contactcenter_ari.core.flow.outside_policy import COUNTRY_CODES, NumberKind, kind_of

_FIELDS = (
    "fixed_line",
    "mobile",
    "toll_free",
    "voip",
    "uan",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "pager",
)
COSTLY = frozenset(
    {
        NumberKind.PREMIUM_RATE,
        NumberKind.SHARED_COST,
        NumberKind.SATELLITE,
        NumberKind.INTERNATIONAL_NETWORK,
        NumberKind.PERSONAL,
    }
)
"""The kinds of numbers that cost extra; pagers are only refused."""
_NO_COUNTRY = "001"
_LONGEST_CODE = 3


@lru_cache(maxsize=1_000)
def kinds_under(entry: str) -> dict[NumberKind, str]:
    """A number of each kind that begins with an entry, as far as the plans know one."""
    found: dict[NumberKind, str] = {}
    for code in _codes(entry[1:]):
        if code in COUNTRY_CODES:
            found.setdefault(COUNTRY_CODES[code], f"+{code}")
            continue
        for number in _tried(code, entry[1 + len(code) :]):
            kind = kind_of(number)
            if kind is not NumberKind.UNKNOWN:
                found.setdefault(kind, number)
    return found


def names_kinds(entry: str) -> bool:
    """Whether no ordinary number begins with an entry: it can only be meant for others."""
    return NumberKind.ORDINARY not in kinds_under(entry)


def _codes(digits: str) -> list[str]:
    """The country codes that numbers with these first digits may have."""
    known = {*map(str, COUNTRY_CODE_TO_REGION_CODE), *COUNTRY_CODES}
    whole = [digits[:size] for size in range(1, _LONGEST_CODE + 1) if digits[:size] in known]
    return whole[:1] or sorted(code for code in known if code.startswith(digits))


def _tried(code: str, digits: str) -> Iterator[str]:
    for region in COUNTRY_CODE_TO_REGION_CODE.get(int(code), ()):
        plan = (
            PhoneMetadata.metadata_for_nongeo_region(int(code))
            if region == _NO_COUNTRY
            else PhoneMetadata.metadata_for_region(region)
        )
        for field in _FIELDS:
            desc = getattr(plan, field, None)
            if isinstance(desc, PhoneNumberDesc) and desc.example_number:
                yield from (f"+{code}{national}" for national in _continued(desc, digits))


def _continued(desc: PhoneNumberDesc, digits: str) -> Iterator[str]:
    """Numbers of one kind with these first digits: one that fits is enough."""
    example = str(desc.example_number)
    if example.startswith(digits):
        yield example
        return
    fits = re.compile(desc.national_number_pattern or "")
    sizes = dict.fromkeys((len(example), *(desc.possible_length or ())))
    for size in (size for size in sizes if size >= len(digits)):
        left = size - len(digits)
        for tried in product("0123456789", repeat=min(left, 2)):
            begun = digits + "".join(tried)
            national = begun + (example[len(begun) :] + "0" * size)[: size - len(begun)]
            if fits.fullmatch(national):
                yield national
                break


def check_entry(reading: Reading, entry: Scalar) -> None:
    """Warn of costly numbers that begin with an entry and are refused nevertheless."""
    kinds = kinds_under(entry.text)
    costly = [kind for kind in kinds if kind in COSTLY]
    if NumberKind.ORDINARY in kinds and costly:
        listed = ", ".join(f"{kind} ({kinds[kind]})" for kind in costly)
        message = f'numbers under "{entry.text}" are refused unless named: {listed}'
        reading.blame("E805", message, entry)
