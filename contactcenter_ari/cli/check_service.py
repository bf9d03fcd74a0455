"""Looks of the doctor beside this machine: flows, database, Asterisk, carrier."""

import asyncio
import os
import re
from datetime import timedelta

from contactcenter_ari.ari.connection import Credentials
from contactcenter_ari.ari.http import SwitchHttp
from contactcenter_ari.bootstrap.environment import APPLICATION
from contactcenter_ari.cli.check import Installation, Wrong
from contactcenter_ari.config.problem import SiteInvalid
from contactcenter_ari.config.site import load_site
from contactcenter_ari.machine.asterisk_console import AsteriskCommandFailed, AsteriskConsole
from contactcenter_ari.machine.postgres_process import running_dsn
from contactcenter_ari.machine.secret import SecretFolder
from contactcenter_ari.machine.tool_root import installed_tools
from contactcenter_ari.postgres.connection import connect, shown_url
from contactcenter_ari.runtime.address import Address
from contactcenter_ari.service.address import addresses
from contactcenter_ari.service.trunk import host_address

ASK_AGAIN_AFTER = timedelta(milliseconds=700)
ASKED = 3
REGISTERED = "Registered"
REGISTRATION = re.compile(r"^ *trunk-(\S+?)/sip\S* +\S+ +([A-Z]\w+)", re.MULTILINE)
"""A line of `pjsip show registrations`: the trunk, and the state of its registration."""
NONE_SET = "none is set; `contactcenter up` starts one of its own"


async def flows(installation: Installation) -> str:
    """The files of the site have no errors; all prompts they name are there."""
    try:
        site = load_site(installation.settings.site)
    except SiteInvalid as invalid:
        raise Wrong(str(invalid)) from invalid
    numbers = [number for flow in site.flows for number in flow.numbers]
    return f"{len(site.flows)} flows, {len(site.queues)} queues, numbers {', '.join(numbers)}"


async def database(installation: Installation) -> str:
    """The database answers."""
    if (url := installation.database_url) is None:
        return NONE_SET
    connection = await connect(url)
    await connection.close()
    return f"{shown_url(url)} answers"


async def asterisk(installation: Installation) -> str:
    """Asterisk answers, and is new enough."""
    settings, data = installation.settings, installation.data
    if settings.asterisk_http is None and running_dsn(data) is None:
        return NONE_SET
    login = Credentials(APPLICATION, SecretFolder(data).secret("ari"))
    async with SwitchHttp.opened(str(addresses(settings, data).asterisk_http), login) as http:
        return f"{await http.check()} answers"


class _Replies(asyncio.DatagramProtocol):
    """The first reply to a request."""

    def __init__(self) -> None:
        self.first: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, _address: object) -> None:
        """Keep the line of status."""
        if not self.first.done():
            self.first.set_result(data.split(b"\r\n", 1)[0].decode("latin-1"))

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there."""
        if not self.first.done():
            self.first.set_exception(exc)


async def registrations(installation: Installation) -> str:
    """The carriers have taken our registrations."""
    names = [trunk.name for trunk in installation.trunks if trunk.register]
    tools = installed_tools(os.environ)
    if not names or tools is None:
        return "no trunk registers"
    try:
        said = await AsteriskConsole.of(tools, installation.data).rx("pjsip show registrations")
    except AsteriskCommandFailed:
        return "known once Asterisk runs"
    states = {found[1]: found[2] for found in REGISTRATION.finditer(said)}
    for name in names:
        if states.get(name) != REGISTERED:
            state = states.get(name, "not known to Asterisk")
            raise Wrong(
                f'the carrier does not take the registration of the trunk "{name}": {state}'
            )
    return f"{', '.join(names)} registered"


async def carrier(installation: Installation) -> str:
    """The carriers answer a question by SIP, whatever they answer."""
    ways_out = [trunk for trunk in installation.trunks if trunk.host]
    if not ways_out:
        return "none is set: there are no calls to the outside"
    answers = [await _answered(host_address(way)) for way in ways_out]
    return ", ".join(answers)


async def _answered(there: Address) -> str:
    try:
        return f"{there} answers ({await _options(there)})"
    except (OSError, TimeoutError) as error:
        raise Wrong(f"the carrier at {there} does not answer OPTIONS over UDP") from error


async def _options(there: Address) -> str:
    """The status of the reply; asked again a few times, for packets may be lost."""
    loop = asyncio.get_running_loop()
    transport, replies = await loop.create_datagram_endpoint(
        _Replies, remote_addr=(there.host, there.port)
    )
    try:
        host, port = transport.get_extra_info("sockname")[:2]
        us = Address(host, port)
        request = (
            f"OPTIONS sip:{there} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {us};rport;branch=z9hG4bKdoctor{port}\r\nMax-Forwards: 70\r\n"
            f"From: <sip:doctor@{us}>;tag=doctor\r\nTo: <sip:{there}>\r\n"
            f"Call-ID: doctor-{port}@{host}\r\nCSeq: 1 OPTIONS\r\n"
            f"Contact: <sip:doctor@{us}>\r\nContent-Length: 0\r\n\r\n"
        )
        for _ in range(ASKED):
            transport.sendto(request.encode())
            done, _ = await asyncio.wait({replies.first}, timeout=ASK_AGAIN_AFTER.total_seconds())
            if done:
                return replies.first.result().removeprefix("SIP/2.0 ")
        raise TimeoutError
    finally:
        transport.close()
        replies.first.cancel()
