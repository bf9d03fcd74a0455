"""An example of every problem in the catalogue: first wrong, then right."""

EXAMPLES: dict[str, tuple[str, str]] = {
    "E001": ("include: [promts.yaml]", "include: [prompts.yaml]"),
    "E002": ("choices: {1: sales", "choices: {1: sales}"),
    "E003": ("tries: 2\ntries: 3", "tries: 3"),
    "E004": ("welcome: &hi {en: Hello.}", "welcome: {en: Hello.}"),
    "E005": ("[[[[ ... thirty lists in one another ... ]]]]", "start:\n  - goto: main_menu"),
    "E006": ("- play: hello  # callflow: ignore E501", "- play: hello"),
    "E101": ("- play: hello\n  bargein: true", "- play: hello\n  barge_in: true"),
    "E102": ("- plya: hello", "- play: hello"),
    "E103": ("- play: hello\n  goto: sales", "- play: hello\n- goto: sales"),
    "E105": ("tries: many", "tries: 3"),
    "E106": ("- menu: welcome", '- menu: welcome\n  choices: {"1": sales}'),
    "E107": ("- wait: 2", "- wait: 2s"),
    "E108": ("numbers: [0201234567]", 'numbers: ["+31201234567"]'),
    "E109": ("choices: {x: sales}", 'choices: {"1": sales}'),
    "E110": ("sections:\n  7up: ...", "sections:\n  seven_up: ..."),
    "E111": (
        "sales: {strategy: longest_idle, order: [101, 102]}",
        "sales: {strategy: linear, order: [101, 102]}",
    ),
    "E112": ("sales: {whisper: next_caller}", "sales: {agent_prompt: next_caller}"),
    "E201": ("- goto: slaes", "- goto: sales"),
    "E202": ("- play: wellcome", "- play: welcome"),
    "E203": ("- queue: sale", "- queue: sales"),
    "E204": ("- lookup: custmer", "- lookup: customer"),
    "E205": ("- set: {cout: 1}", "variables: {count: integer}\n...\n- set: {count: 1}"),
    "E206": ("languages: [en]\n...\n- language: nl", "languages: [en, nl]\n...\n- language: nl"),
    "E207": ("goodbye:\n  - play: goodbye", "goodbye:\n  - play: goodbye\n  - hangup"),
    "E208": (
        "- queue: sales\n  next: {answered: survey}",
        "- queue: sales\n  next: {answered: survey, timeout: sorry, no_agents: sorry}",
    ),
    "E209": (
        '# desk.yaml and night.yaml\nnumbers: ["+31201234567"]',
        '# night.yaml\nnumbers: ["+31201234568"]',
    ),
    "E210": ("sections:\n  stort: [answer]", "sections:\n  start: [answer, hangup]"),
    "E211": ("# two files\nflow: desk", "flow: night_desk"),
    "E212": ("next: {tiemout: sorry}", "next: {timeout: sorry}"),
    "E213": (
        "- lookup: customer\n  with: {phone: caller.number}",
        "- lookup: customer\n  with: {number: caller.number}",
    ),
    "E214": ("- callback: sales\n  hours: ofice", "- callback: sales\n  hours: office"),
    "E215": ("on_hangup: [play: goodbye]", "on_hangup: [tag: {ended: '\"yes\"'}]"),
    "E216": ("# site.yaml\nvia: [mian, spare]", "via: [main, spare]"),
    "E301": ("- if: size >\n  then: large", "- if: size > 3\n  then: large"),
    "E302": ("- if: custmer.found\n  then: known", "- if: customer.found\n  then: known"),
    "E303": ('- if: size == "big"\n  then: large', "- if: size > 3\n  then: large"),
    "E304": ('- if: level == "hihg"\n  then: vip', '- if: level == "high"\n  then: vip'),
    "E305": ("- queue: sales\n  priority: level", "- queue: sales\n  priority: 1"),
    "E401": (
        "languages: [en, nl]\nprompts:\n  hi: {en: Hello.}",
        "languages: [en, nl]\nprompts:\n  hi: {en: Hello., nl: Hallo.}",
    ),
    "E402": ("hi: {nl: sound:nl/halo}", "hi: {nl: sound:nl/hallo}  # prompts/nl/hallo.wav"),
    "E403": ("hi: {en: 'You have {size | money}.'}", "hi: {en: 'You have {size | number}.'}"),
    "E404": (
        "hi: {nl: sound:nl/hallo}  # a file of 44100 Hz in stereo",
        "$ sox hallo-studio.wav -r 8000 -c 1 -b 16 prompts/nl/hallo.wav",
    ),
    "E405": (
        "- queue: sales\n  greeting: estimated_wait",
        (
            "- queue: sales\n  greeting: connecting\n"
            "  announce: [{prompt: estimated_wait, after: 10s, longer: takes_longer}]"
        ),
    ),
    "E501": ('choices: {"1": sales, "12": claims}', 'choices: {"1": sales, "2": claims}'),
    "E502": ("matches: '[0-'", "matches: '[0-9]{8}'"),
    "E503": ("digits: 8-4", "digits: 4-8"),
    "E504": ("digits: 8\nmatches: '[0-9]{6}'", "digits: 6\nmatches: '[0-9]{6}'"),
    "E505": (
        'choices: {"1": opening_hours, "2": address}',
        'choices: {"1": opening_hours, "2": address, "0": agents}',
    ),
    "E506": (
        'gather: number\nterminator: "#"\nkeys: {"#": agents}',
        'gather: number\nterminator: "#"\nkeys: {"*": agents}',
    ),
    "E601": ("timezone: Amsterdam", "timezone: Europe/Amsterdam"),
    "E602": ("mon-fri: 8h-17h", "mon-fri: 08:00-17:00"),
    "E603": ("mon-fri: 08:00-12:00, 11:00-17:00", "mon-fri: 08:00-12:00, 13:00-17:00"),
    "E604": (
        "holidays: {country: NL, except: [Good Fryday]}",
        "holidays: {country: NL, except: [Good Friday]}",
    ),
    "E605": ("dates: {2025-12-24: closed}", "dates: {12-24: closed}"),
    "E701": ("- goto: sales\n- play: goodbye", "- play: goodbye\n- goto: sales"),
    "E702": (
        'main_menu:\n  - menu: main\n    choices: {"1": sales}\n    failed: main_menu',
        'main_menu:\n  - menu: main\n    choices: {"1": sales}\n    failed: agents',
    ),
    "E703": (
        'loop:\n  - menu: main\n    choices: {"1": loop}\n    failed: loop',
        'loop:\n  - menu: main\n    choices: {"1": loop, "9": hangup}\n    failed: agents',
    ),
    "E704": ("- split: {old_menu: 30, new_menu: 60}", "- split: {old_menu: 30, new_menu: 70}"),
    "E705": (
        "- queue: sales\n  next: {timeout: sorry, no_agents: sorry}",
        "- queue: sales\n  max_wait: 10m\n  next: {timeout: sorry, no_agents: sorry}",
    ),
    "E801": ("your_pin: {en: 'You typed {pin | digits}.'}", "thanks: {en: 'Thank you.'}"),
    "E802": (
        "- gather: card_number\n  prompt: ask_card",
        "- gather: card_number\n  prompt: ask_card\n  sensitive: true",
    ),
    "E803": (
        "- answer\n- recording: start\n- play: welcome",
        "- answer\n- play: calls_are_recorded\n- recording: start",
    ),
    "E804": (
        'dial_allow: ["+316"]\n...\n- dial: "+44201234567"',
        'dial_allow: ["+316", "+4420"]\n...\n- dial: "+44201234567"',
    ),
    "E805": (
        'dial_allow: ["+44"]',
        'dial_allow: ["+441", "+442", "+443", "+4474"]',
    ),
    "E806": (
        'dial_allow: ["+31"]\n...\n- dial: "+31900123456"',
        'dial_allow: ["+31", "+31900123456"]\n...\n- dial: "+31900123456"',
    ),
    "E810": (
        "# site.yaml\nlookup_tables: [account]\n...\nsql: SELECT name FROM customer",
        "# site.yaml\nlookup_tables: [account, customer]\n...\nsql: SELECT name FROM customer",
    ),
    "E811": (
        "# site.yaml has no lookup_tables\n...\nsql: SELECT name FROM customer",
        "# site.yaml\nlookup_tables: [customer]\n...\nsql: SELECT name FROM customer",
    ),
    "E812": (
        "http: http://127.0.0.1:8080/customers/{number}",
        '# site.yaml\nlookup_hosts: ["127.0.0.1:8080"]\n...\nhttp: http://127.0.0.1:8080/...',
    ),
}
