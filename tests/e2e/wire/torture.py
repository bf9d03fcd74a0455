"""Messages of the kinds in RFC 4475, in words of our own."""

# one message a line

from collections.abc import Sequence
from itertools import count

_numbers = count(1)


def message(
    line: str = "OPTIONS sip:vivian@center.example SIP/2.0",
    *lines: str,
    body: str = "",
    without: Sequence[str] = (),
) -> str:
    """A message with the usual headers except those in `without`; `lines` come after them."""
    usual = {
        "Via": "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKtorture",
        "Max-Forwards": "70",
        "From": "<sip:tom@example.net>;tag=t1",
        "To": "<sip:vivian@center.example>",
        "Call-ID": f"torture-{next(_numbers)}@example.net",
        "CSeq": f"1 {line.split(' ', maxsplit=1)[0]}",
        "Contact": "<sip:tom@192.0.2.1>",
        "Content-Length": str(len(body)),
    }
    kept = [f"{name}: {value}" for name, value in usual.items() if name not in without]
    return "\n".join((line, *kept, *lines, "", body))


def invite(*lines: str, body: str = "", without: Sequence[str] = ()) -> str:
    """An INVITE to a name that is no number: nobody answers it."""
    return message("INVITE sip:vivian@center.example SIP/2.0", *lines, body=body, without=without)


MESSAGES = (
    # 3.1.1: valid, and hard to read
    invite(
        "TO :\n sip:vivian@center.example ;   tag    = 1918181833n",
        'fRoM:"Tom \\\\\\""       <sip:tom@example.net>\n  ;\n  tag = 98asjd8',
        "s :",
        "v:  SIP  / 2.0  / TCP     192.0.2.9 ;\n  branch  =   z9hG4bK9",
        "NewFangledHeader:   newfangled value\n continued newfangled value",
        "UnknownHeaderWithUnusualValue: ;;,,;;,;",
        "Route:\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>",
        without=("To", "From", "Via"),
    ),
    message(
        "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it"
        "$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0",
    ),
    invite("Contact: <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>"),
    invite("X-Null: %00", 'From: "%Z%45" <sip:resource@example.com>;tag=f', without=("From",)),
    message("REGISTER sip:example.com SIP/2.0", "Contact: <sip:alias1@host1>, <sip:alias2@host2>"),
    message("OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0"),
    message("OPTIONS sip:null-%00-null@example.com SIP/2.0"),
    invite(*(f"Via: SIP/2.0/UDP host{n}.example;branch=z9hG4bK{n}" for n in range(40))),
    invite("Subject: " + "I know you're there, pick up " * 40),
    invite("Via: SIP/2.0/TLS a;branch=z, SIP/2.0/SCTP b;branch=y, SIP/2.0/UNKNOWN c;branch=x"),
    invite(
        'Content-Type: multipart/mixed;boundary="7a9cbec02ceef655"',
        body="--7a9cbec02ceef655\n\n\x00\x01\xff\n--7a9cbec02ceef655--\n",
    ),
    "SIP/2.0 200 = 2**3 * 5**2 but that is no reason\n" + message().split("\n", 1)[1],
    "SIP/2.0 100 \n" + message().split("\n", 1)[1],
    # 3.1.2: not valid
    invite("Contact: <sip:tom@192.0.2.1>;;;;", "Via: SIP/2.0/UDP 192.0.2.15;;,;,,", body="junk"),
    invite("Content-Length: 9999", body="short", without=("Content-Length",)),
    invite("Content-Length: -999", without=("Content-Length",)),
    message(
        "REGISTER sip:example.com SIP/2.0",
        "CSeq: 36893488147419103232 REGISTER",
        "Max-Forwards: 300",
        "Expires: 1" + "0" * 99,
        "Contact: <sip:u@h>;expires=280297596632815",
        without=("CSeq", "Max-Forwards"),
    ),
    "SIP/2.0 503 Service Unavailable\n"
    + message(without=("CSeq",))
    .split("\n", 1)[1]
    .replace("Max-Forwards: 70", f"CSeq: {'9' * 22} OPTIONS\nRetry-After: {'9' * 27}"),
    invite('To: "Mr. J. User <sip:j.user@example.com>', without=("To",)),
    message("INVITE <sip:user@example.com> SIP/2.0"),
    message("INVITE sip:user@example.com; lr SIP/2.0"),
    message("INVITE  sip:user@example.com  SIP/2.0"),
    message("INVITE sip:user@example.com SIP/2.0  "),
    message("INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0"),
    invite("Date: Fri, 01 Jan 2010 16:00:00 EST"),
    message("REGISTER sip:example.com SIP/2.0", "Contact: sip:u@example.com?Route=%3Csip:x%3E"),
    message(
        "OPTIONS sip:user@example.org SIP/2.0",
        'To: "Watson" sip:t.watson@example.org',
        without=("To",),
    ),
    message(
        "OPTIONS sip:t.watson@example.org SIP/2.0",
        "From: Bell, Alexander <sip:a@b>;tag=4",
        without=("From",),
    ),
    message(
        "OPTIONS sip:t.watson@example.org SIP/7.0",
        "Via: SIP/7.0/UDP c;branch=z9hG4bKv",
        without=("Via",),
    ),
    message("OPTIONS sip:user@example.com SIP/2.0", "CSeq: 8 INVITE", without=("CSeq",)),
    message("NEWMETHOD sip:user@example.com SIP/2.0", "CSeq: 8 INVITE", without=("CSeq",)),
    "SIP/2.0 4294967301 better not break the receiver\n" + message().split("\n", 1)[1],
    # 3.2 and 3.3: of the transaction, of the application
    message(
        "OPTIONS sip:user@example.com SIP/2.0",
        "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK",
        without=("Via",),
    ),
    invite(without=("Call-ID", "From", "To")),
    message("OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0"),
    message("OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0"),
    message(
        "REGISTER sip:example.com SIP/2.0",
        "To: isbn:2983792873",
        "Contact: <name:John_Smith>",
        without=("To",),
    ),
    message(
        "OPTIONS sip:user@example.com SIP/2.0",
        "Require: nothingSupportsThis, nothingSupportsThisEither",
        "Proxy-Require: noProxiesSupportThis",
    ),
    invite("Content-Type: application/unknownformat", body='<audio> <pcmu port="443"/> </audio>'),
    message(
        "REGISTER sip:example.com SIP/2.0", "Authorization: NoOneKnowsThisScheme opaque-data=here"
    ),
    invite("CSeq: 59 INVITE", "Call-ID: a", "Call-ID: b", "Max-Forwards: 5", "Contact: <sip:x@y>"),
    invite("Content-Length: 8", "Content-Length: 15", body="nothing at all"),
    "SIP/2.0 200 OK\n"
    + message(without=("Via",))
    .split("\n", 1)[1]
    .replace("Max-Forwards: 70", "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23"),
    message("OPTIONS sip:user@example.com SIP/2.0", "Max-Forwards: 0", without=("Max-Forwards",)),
    message(
        "REGISTER sip:example.com SIP/2.0",
        "Contact: sip:+19725552222@gw1.example.net;unknownparam",
    ),
    invite(
        "Content-Type: application/sdp",
        "Accept: text/nobodyKnowsThis",
        body="v=0\no=- 1 1 IN IP4 h\ns=-\n",
    ),
    # 3.4: of the first standard
    (
        "INVITE sip:UserB@example.com SIP/2.0\nVia: SIP/2.0/UDP c.example.com\n"
        "From: <sip:u@example.com>\nTo: <sip:b@example.com>\nCall-ID: old@c\nCSeq: 1 INVITE\n\n"
    ),
)
"""Messages with \n for the ends of lines."""
