"""The codes of all problems the checker knows, each with one explanation.

E0 YAML, E1 shape, E2 names and exits, E3 expressions, E4 prompts, E5 input, E6 hours,
E7 graph, E8 safety. A code never changes its meaning. `catalogue_example.py` has an example
of each, wrong and right.
"""

from contactcenter_ari.config.problem import Severity

EXPLANATIONS: dict[str, str] = {
    "E001": "The file cannot be read: it is missing, larger than 1 MB, or not UTF-8 text.",
    "E002": "The file is not YAML.",
    "E003": "A key stands twice in one map; only one of the two can be meant.",
    "E004": "Anchors, aliases, merge keys and tags are not part of the language.",
    "E005": "Maps and lists are nested too deeply.",
    "E006": "A comment that should silence a problem does nothing: there is none in its line, or"
    " the flow could not be run with it.",
    "E101": "A key is not known here.",
    "E102": "A step has no verb, or one that does not exist.",
    "E103": "A step has two verbs; write two steps.",
    "E105": "A value has the wrong type.",
    "E106": "A key that is needed is missing.",
    "E107": "A duration is written like 20s, 2m or 1h30m.",
    "E108": "A phone number is written in E.164: + and country code, like +31201234567.",
    "E109": "A DTMF key is one of 0-9, * and #.",
    "E110": "A name is made of letters, digits and _, and begins with a letter.",
    "E111": "Two settings, or two steps of a list, contradict one another.",
    "E112": "A key has a new name. The old one is read for one more version.",
    "E201": "A section that is led to does not exist.",
    "E202": "A prompt does not exist.",
    "E203": "A queue does not exist in queues.yaml.",
    "E204": "A look-up does not exist.",
    "E205": "A variable is not declared under variables.",
    "E206": "A language is not among the languages of the flow.",
    "E207": "A section ends and leads nowhere: its last step must go somewhere or hang up.",
    "E208": "An outcome that happens sooner or later has no destination.",
    "E209": "A phone number belongs to two flows.",
    "E210": "A flow begins in the section start; it is missing.",
    "E211": "Two things have one name.",
    "E212": "An outcome does not exist for this verb.",
    "E213": "What a look-up is given, or gives back, does not fit its SQL.",
    "E214": "Opening hours do not exist.",
    "E215": "After the hang-up nobody listens: only set, tag and lookup make sense.",
    "E216": "A trunk does not exist under trunks in site.yaml.",
    "E301": "An expression cannot be read.",
    "E302": "A name in an expression does not exist.",
    "E303": "An expression mixes values of unlike types.",
    "E304": "A value is compared with one it can never have.",
    "E305": "An expression gives another type of value than is needed here.",
    "E401": "A prompt is missing in a language of the flow.",
    "E402": "The recorded file of a prompt is missing.",
    "E403": "A blank in a prompt cannot be spoken as asked.",
    "E404": "A recorded file is not what a telephone line carries: 8000 Hz, mono, 16 bits.",
    "E405": "A prompt tells the wait where it is not known or could rise, or tells none where it"
    " should.",
    "E501": "A choice is the beginning of another, which could then never be typed.",
    "E502": "A pattern for typed digits is no regular expression of RE2, which matches in linear"
    " time and so has no look-around, back references, atomic groups or conditions.",
    "E503": "A number of tries or digits can never work.",
    "E504": "A pattern can never match as many digits as are asked for, so every input fails.",
    "E505": "From a menu no way leads to a person: no queue, agent, callback, dial, transfer or"
    " voicemail.",
    "E506": "A key of a gather ends the input or is part of what is asked for: it leads nowhere.",
    "E601": "A time zone is missing or does not exist.",
    "E602": "Opening hours are written like 08:30-17:30, or closed; dates like 2026-12-24, 12-24"
    " for each year, and 12-24..01-02 for all days from the first to the last.",
    "E603": "Two opening hours of one day, or two stretches of dates, overlap, or a day is given"
    " twice.",
    "E604": "A holiday, country or region does not exist.",
    "E605": "All dates with hours of their own are past, so they change nothing any more. A date"
    " without a year comes each year.",
    "E701": "No call ever comes to this section or step.",
    "E702": "Steps lead round in a circle in which the caller presses no key: a silent caller, or"
    " a dead line, would never leave it.",
    "E703": "The caller is trapped: no way from here leads to the end of the call.",
    "E704": "The shares of a split add up to 100.",
    "E705": "A queue has no max_wait, neither in the step nor in queues.yaml.",
    "E801": "A sensitive value may only be passed to look-ups: never spoken, stored or logged.",
    "E802": "A variable that sounds like a PIN or a card number is typed in without"
    " `sensitive: true`, so it would be logged and recorded.",
    "E803": "A recording starts before a prompt told the caller of it.",
    "E804": "A number outside must begin with one of dial_allow, or toll fraud is possible.",
    "E805": "Costly numbers begin with this entry of dial_allow: premium-rate, shared-cost,"
    " satellite or personal ones. They are refused unless another entry names them, by the whole"
    " number or by a beginning that no ordinary number has.",
    "E806": "A number outside is premium-rate, shared-cost, satellite, personal, a pager or in no"
    " numbering plan. It is refused unless an entry of dial_allow names it, by the whole number or"
    " by a beginning that no ordinary number has.",
    "E810": "A look-up is one SELECT over tables listed under lookup_tables in site.yaml; it has a"
    " role of its own in the database, which may read these tables and nothing else.",
    "E811": "site.yaml lists no lookup_tables, so no look-up can read anything.",
    "E812": "A web service on this machine or in a private network is asked only if its host is"
    " listed under lookup_hosts in site.yaml, so that no flow reaches what it should not.",
}
WARNINGS = frozenset(
    {"E006", "E112", "E505", "E605", "E701", "E705", "E802", "E803", "E805", "E811"}
)
"""The codes of problems that do not stop publishing."""
SILENCEABLE = frozenset(
    {"E501", "E504", "E505", "E605", "E701", "E702", "E703", "E705"}
    | {"E801", "E802", "E803", "E805"}
)
"""The codes that a comment in the line may silence: a flow can be run with the problem."""


def severity(code: str) -> Severity:
    """Whether problems of a code stop publishing."""
    return Severity.WARNING if code in WARNINGS else Severity.ERROR
