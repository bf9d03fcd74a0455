"""Languages that values are worded in: nouns, numbers that agree with them, dates, times.

Data and grammar alone; `wording` decides what is said. Numbers stay figures where speech
programs read figures right, and become words where gender or case asks for it. A language
not listed is `PLAIN`: figures, and English for the few words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Noun(NamedTuple):
    """Something counted; the forms are those that numbers ask for (one, few, many)."""

    gender: str
    forms: tuple[str, ...]

    @classmethod
    def of(cls, words: str) -> "Noun":
        """A noun written `f минута/минуты/минут`."""
        gender, _, forms = words.partition(" ")
        return cls(gender, tuple(forms.split("/")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """A language's words and rules."""

    yes_no: tuple[str, str] = ("yes", "no")
    minus: str = "minus"
    keys: Mapping[str, str]
    point: str = ","
    joint: str = " "
    at: str = ", "
    form: Callable[[int], int] = lambda _: 0
    number: Callable[[int, str], str] = lambda number, _: str(number)
    date: Callable[[date], str]
    time: Callable[[int, int], str]
    clock: tuple[Noun, ...] = ()
    currencies: Mapping[str, tuple[Noun, Noun]]

    def counted(self, number: int, noun: Noun) -> str:
        """`3 hours`: the noun in the form the number asks for, the number in its gender."""
        return f"{self.number(number, noun.gender)} {noun.forms[self.form(number)]}"


def grammar_of(language: str) -> Grammar:
    """The language of a BCP 47 tag, whatever its region."""
    return _GRAMMARS.get(language.replace("_", "-").partition("-")[0].lower(), PLAIN)


def _nouns(*words: str) -> tuple[Noun, ...]:
    return tuple(Noun.of(each) for each in words)


def _currencies(**units: str) -> dict[str, tuple[Noun, Noun]]:
    """Currencies written `EUR="unit, hundredth"`."""
    split = {code: words.split(", ") for code, words in units.items()}
    return {code: (Noun.of(unit), Noun.of(cent)) for code, (unit, cent) in split.items()}


def _ending(words: Mapping[int, str], tens: tuple[str, ...], number: int) -> str:
    """The number with its last part in words, as its gender asks; figures if it has none."""
    hundreds, rest = divmod(number, 100)
    word = words.get(rest)
    if word is None and rest > _LAST_TEEN and rest % 10 in words:
        word = f"{tens[rest // 10 - 2]} {words[rest % 10]}"
    if word is None:
        return str(number)
    return f"{hundreds * 100} {word}" if hundreds else word


_LAST_TEEN = 19

# --- English ---------------------------------------------------------------------------


def _form_of_two(number: int) -> int:
    return 0 if number == 1 else 1


def _english_date(day: date) -> str:
    teen = day.day // 10 == 1
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{_ENGLISH_MONTHS[day.month - 1]} {day.day}{ending}, {day.year}"


def _english_time(hour: int, minute: int) -> str:
    half = "AM" if hour < 12 else "PM"  # noqa: PLR2004 noon
    shown = f"{hour % 12 or 12}:{minute:02}" if minute else str(hour % 12 or 12)
    return f"{shown} {half}"


_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ENGLISH = Grammar(
    keys={"+": "plus", "*": "star", "#": "pound"},
    point=".",
    joint=" and ",
    at=" at ",
    form=_form_of_two,
    date=_english_date,
    time=_english_time,
    clock=_nouns("n hour/hours", "n minute/minutes", "n second/seconds"),
    currencies=_currencies(
        EUR="n euro/euros, n cent/cents",
        USD="n dollar/dollars, n cent/cents",
        GBP="n pound/pounds, n penny/pence",
        RUB="n ruble/rubles, n kopeck/kopecks",
        RON="n leu/lei, n ban/bani",
    ),
)

# --- Dutch -----------------------------------------------------------------------------


def _dutch_date(day: date) -> str:
    return f"{day.day} {_DUTCH_MONTHS[day.month - 1]} {day.year}"


def _dutch_time(hour: int, minute: int) -> str:
    return f"{hour} uur {minute}" if minute else f"{hour} uur"


_DUTCH_MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip
_DUTCH = Grammar(
    yes_no=("ja", "nee"),
    minus="min",
    keys={"+": "plus", "*": "sterretje", "#": "hekje"},
    joint=" en ",
    at=" om ",
    form=_form_of_two,
    date=_dutch_date,
    time=_dutch_time,
    clock=_nouns("n uur/uur", "n minuut/minuten", "n seconde/seconden"),
    currencies=_currencies(
        EUR="n euro/euro, n cent/cent",
        USD="n dollar/dollar, n cent/cent",
        GBP="n pond/pond, n penny/pence",
        RUB="n roebel/roebel, n kopeke/kopeken",
        RON="n leu/lei, n ban/bani",
    ),
)

# --- Russian ---------------------------------------------------------------------------


def _russian_form(number: int) -> int:
    if number % 10 == 1 and number % 100 != 11:  # noqa: PLR2004 eleven takes the many
        return 0
    return 1 if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else 2


def _russian_number(number: int, gender: str) -> str:
    feminine = {1: "одна", 2: "две"} if gender == "f" else {}
    return _ending(feminine, _RUSSIAN_TENS, number)


def _russian_date(day: date) -> str:
    ordinal = _russian_ordinal(day.day)
    return f"{ordinal} {_RUSSIAN_MONTHS[day.month - 1]} {_russian_year(day.year)} года"


def _russian_year(year: int) -> str:
    century, rest = divmod(year, 100)
    if rest and century in _RUSSIAN_CENTURIES:
        return f"{_RUSSIAN_CENTURIES[century]} {_russian_ordinal(rest)}"
    return {1900: "тысяча девятисотого", 2000: "двухтысячного"}.get(year, str(year))


def _russian_ordinal(number: int) -> str:
    """Genitive: `двадцать шестого`; from 1 to 99."""
    if number <= _LAST_TEEN:
        return _RUSSIAN_ORDINALS[number - 1]
    if number % 10 == 0:
        return _RUSSIAN_ORDINAL_TENS[number // 10 - 2]
    return f"{_RUSSIAN_TENS[number // 10 - 2]} {_RUSSIAN_ORDINALS[number % 10 - 1]}"


def _russian_time(hour: int, minute: int) -> str:
    hours, minutes, _ = _RUSSIAN.clock
    shown = _RUSSIAN.counted(hour, hours)
    return f"{shown} {_RUSSIAN.counted(minute, minutes)}" if minute else shown


_RUSSIAN_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
_RUSSIAN_CENTURIES = {19: "тысяча девятьсот", 20: "две тысячи"}
_RUSSIAN_TENS = (
    "двадцать", "тридцать", "сорок", "пятьдесят",
    "шестьдесят", "семьдесят", "восемьдесят", "девяносто",
)  # fmt: skip
_RUSSIAN_ORDINAL_TENS = (
    "двадцатого", "тридцатого", "сорокового", "пятидесятого",
    "шестидесятого", "семидесятого", "восьмидесятого", "девяностого",
)  # fmt: skip
_RUSSIAN_ORDINALS = (
    "первого", "второго", "третьего", "четвёртого", "пятого", "шестого", "седьмого",
    "восьмого", "девятого", "десятого", "одиннадцатого", "двенадцатого", "тринадцатого",
    "четырнадцатого", "пятнадцатого", "шестнадцатого", "семнадцатого", "восемнадцатого",
    "девятнадцатого",
)  # fmt: skip
_RUSSIAN = Grammar(
    yes_no=("да", "нет"),
    minus="минус",
    keys={"+": "плюс", "*": "звёздочка", "#": "решётка"},
    at=" в ",
    form=_russian_form,
    number=_russian_number,
    date=_russian_date,
    time=_russian_time,
    clock=_nouns("m час/часа/часов", "f минута/минуты/минут", "f секунда/секунды/секунд"),
    currencies=_currencies(
        EUR="m евро/евро/евро, m цент/цента/центов",
        USD="m доллар/доллара/долларов, m цент/цента/центов",
        GBP="m фунт/фунта/фунтов, m пенни/пенса/пенсов",
        RUB="m рубль/рубля/рублей, f копейка/копейки/копеек",
        RON="m лей/лея/леев, m бан/бана/банов",
    ),
)

# --- Lithuanian ------------------------------------------------------------------------


def _lithuanian_form(number: int) -> int:
    if number % 10 == 0 or number % 100 // 10 == 1:
        return 2
    return 0 if number % 10 == 1 else 1


def _lithuanian_number(number: int, gender: str) -> str:
    feminine = _LITHUANIAN_FEMININE if gender == "f" else {}
    return _ending(feminine, _LITHUANIAN_TENS, number)


def _lithuanian_date(day: date) -> str:
    year = _lithuanian_year(day.year)
    ordinal = _lithuanian_ordinal(day.day, "a")
    return f"{year} metų {_LITHUANIAN_MONTHS[day.month - 1]} {ordinal} diena"


def _lithuanian_year(year: int) -> str:
    century, rest = divmod(year, 100)
    if rest and century in _LITHUANIAN_CENTURIES:
        return f"{_LITHUANIAN_CENTURIES[century]} {_lithuanian_ordinal(rest, 'ų')}"
    return {1900: "tūkstantis devyni šimtųjų", 2000: "dutūkstantųjų"}.get(year, str(year))


def _lithuanian_ordinal(number: int, ending: str) -> str:
    """Feminine `dešimta` or plural genitive `dešimtų`; from 1 to 99."""
    if number <= _LAST_TEEN:
        return _LITHUANIAN_ORDINALS[number - 1] + ending
    tens = _LITHUANIAN_TENS[number // 10 - 2]
    if number % 10 == 0:
        return tens + ending
    return f"{tens} {_LITHUANIAN_ORDINALS[number % 10 - 1]}{ending}"


def _lithuanian_time(hour: int, minute: int) -> str:
    hours, minutes, _ = _LITHUANIAN.clock
    shown = _LITHUANIAN.counted(hour, hours)
    return f"{shown} {_LITHUANIAN.counted(minute, minutes)}" if minute else shown


_LITHUANIAN_MONTHS = (
    "sausio", "vasario", "kovo", "balandžio", "gegužės", "birželio",
    "liepos", "rugpjūčio", "rugsėjo", "spalio", "lapkričio", "gruodžio",
)  # fmt: skip
_LITHUANIAN_CENTURIES = {19: "tūkstantis devyni šimtai", 20: "du tūkstančiai"}
_LITHUANIAN_TENS = (
    "dvidešimt", "trisdešimt", "keturiasdešimt", "penkiasdešimt",
    "šešiasdešimt", "septyniasdešimt", "aštuoniasdešimt", "devyniasdešimt",
)  # fmt: skip
_LITHUANIAN_ORDINALS = (
    "pirm", "antr", "treči", "ketvirt", "penkt", "šešt", "septint", "aštunt", "devint",
    "dešimt", "vienuolikt", "dvylikt", "trylikt", "keturiolikt", "penkiolikt",
    "šešiolikt", "septyniolikt", "aštuoniolikt", "devyniolikt",
)  # fmt: skip
_LITHUANIAN_FEMININE = {
    1: "viena", 2: "dvi", 4: "keturios", 5: "penkios", 6: "šešios",
    7: "septynios", 8: "aštuonios", 9: "devynios",
}  # fmt: skip
_LITHUANIAN = Grammar(
    yes_no=("taip", "ne"),
    keys={"+": "plius", "*": "žvaigždutė", "#": "grotelės"},
    joint=" ir ",
    form=_lithuanian_form,
    number=_lithuanian_number,
    date=_lithuanian_date,
    time=_lithuanian_time,
    clock=_nouns(
        "f valanda/valandos/valandų", "f minutė/minutės/minučių", "f sekundė/sekundės/sekundžių"
    ),
    currencies=_currencies(
        EUR="m euras/eurai/eurų, m centas/centai/centų",
        USD="m doleris/doleriai/dolerių, m centas/centai/centų",
        GBP="m svaras/svarai/svarų, m pensas/pensai/pensų",
        RUB="m rublis/rubliai/rublių, f kapeika/kapeikos/kapeikų",
        RON="f lėja/lėjos/lėjų, m banas/banai/banų",
    ),
)

# --- Romanian --------------------------------------------------------------------------


def _romanian_form(number: int) -> int:
    if number == 1:
        return 0
    return 1 if number == 0 or 1 <= number % 100 <= _LAST_TEEN else 2


def _romanian_number(number: int, gender: str) -> str:
    if number == 1:
        return "o" if gender == "f" else "un"
    words = {} if gender == "m" else {2: "două", 12: "douăsprezece"}
    if gender == "f":
        words[1] = "una"
    tens = tuple(f"{each} și" for each in _ROMANIAN_TENS)
    return _ending(words, tens, number)


def _romanian_date(day: date) -> str:
    first = "întâi" if day.day == 1 else str(day.day)
    return f"{first} {_ROMANIAN_MONTHS[day.month - 1]} {day.year}"


def _romanian_time(hour: int, minute: int) -> str:
    shown = f"ora {_romanian_number(hour, 'n') if hour > 1 else hour}"
    if not minute:
        return shown
    return f"{shown} și {_ROMANIAN.counted(minute, _ROMANIAN.clock[1])}"


_ROMANIAN_MONTHS = (
    "ianuarie", "februarie", "martie", "aprilie", "mai", "iunie",
    "iulie", "august", "septembrie", "octombrie", "noiembrie", "decembrie",
)  # fmt: skip
_ROMANIAN_TENS = (
    "douăzeci", "treizeci", "patruzeci", "cincizeci",
    "șaizeci", "șaptezeci", "optzeci", "nouăzeci",
)  # fmt: skip
_ROMANIAN = Grammar(
    yes_no=("da", "nu"),
    keys={"+": "plus", "*": "steluță", "#": "diez"},
    joint=" și ",
    form=_romanian_form,
    number=_romanian_number,
    date=_romanian_date,
    time=_romanian_time,
    clock=_nouns("f oră/ore/de ore", "n minut/minute/de minute", "f secundă/secunde/de secunde"),
    currencies=_currencies(
        EUR="m euro/euro/de euro, m cent/cenți/de cenți",
        USD="m dolar/dolari/de dolari, m cent/cenți/de cenți",
        GBP="f liră/lire/de lire, m penny/pence/de pence",
        RUB="f rublă/ruble/de ruble, f copeică/copeici/de copeici",
        RON="m leu/lei/de lei, m ban/bani/de bani",
    ),
)


def _plain_date(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


def _plain_time(hour: int, minute: int) -> str:
    return f"{hour}:{minute:02}"


PLAIN = Grammar(keys=_ENGLISH.keys, date=_plain_date, time=_plain_time, currencies={})
"""Any language without an entry."""

_GRAMMARS = {
    "en": _ENGLISH, "nl": _DUTCH, "ru": _RUSSIAN, "lt": _LITHUANIAN, "ro": _ROMANIAN,
}  # fmt: skip
