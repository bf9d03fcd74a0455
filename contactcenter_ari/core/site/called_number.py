"""The numbers of a call: which one of a site's a carrier means, and both of them in E.164."""

import msgspec

from contactcenter_ari.core.number import calling_code, cleaned, e164, is_e164, spellings
from contactcenter_ari.core.site.site import Site


class CallNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """Both numbers of a call, in E.164 where a plan knows them, and as the carrier wrote them."""

    called: str = ""
    caller: str = ""
    called_raw: str = ""
    caller_raw: str = ""


class CalledNumbers:
    """The numbers that the flows of a site answer. `country` is the one in whose way numbers
    without a country code are read that belong to no call: the site's, or the only one of its
    flows; empty where there are several.
    """

    def __init__(self, site: Site) -> None:
        countries = (site.country, *(flow.country_code for flow in site.flows))
        known = tuple(dict.fromkeys(filter(None, countries)))
        self.country = known[0] if site.country or len(known) == 1 else ""
        numbers = [number for flow in site.flows for number in flow.numbers]
        self.spelled = {number: number for number in numbers}
        """A number by each way to write it. Of two that are written alike nationally the first
        counts, by countries: the site's, then those of the flows in their order.
        """
        for number in numbers:
            self.spelled.setdefault(number.removeprefix("+"), number)
        for country in known:
            for number in numbers:
                if number.startswith(f"+{calling_code(country)}"):
                    for spelling in spellings(number):
                        self.spelled.setdefault(spelling, number)

    def __repr__(self) -> str:
        return f"<CalledNumbers {len(set(self.spelled.values()))} numbers>"

    def find(self, received: str, trunk: str = "") -> str:
        """The number of a flow that was called; any other one in E.164, or as it came. What is a
        number in the country of the `trunk` is taken for no other.
        """
        if self.spelled.get(received) == received:
            return received
        number = e164(received, trunk) if trunk else ""
        if is_e164(number):
            return number
        digits = cleaned(received).removeprefix("+").removeprefix("00")
        return self.spelled.get(digits) or e164(received, trunk or self.country)
