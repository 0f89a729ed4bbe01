"""SMTP (RFC 5321): what each answer means, and the one moment that cannot be known."""

from collections.abc import AsyncIterator, Container, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import aiosmtplib
from aiosmtplib.protocol import SMTPProtocol
from aiosmtplib.response import SMTPResponse

from broker_mailer.transports.base import OutboundMail, RefusedForGood, RefusedForNow, Unclear
from shared.mail_servers import Server, Tls

_COMPLETED: Final = range(200, 300)
_START_INPUT: Final = 354
_FOR_NOW: Final = range(400, 500)
_FOR_GOOD: Final = range(500, 600)
# Not that a sign-in is wanted, too weak, wrong or not encrypted (RFC 4954): that is about us.
_ABOUT_THE_MAIL: Final = frozenset(_FOR_GOOD) - {530, 534, 535, 538}
_MOST_SIZE_DIGITS: Final = 15  # a petabyte; what announces more knows no limit
_QUIT_SECONDS: Final = 2.0


@dataclass(frozen=True)
class Timeouts:
    """How long each phase may take."""

    connect: timedelta  # up to and including the greeting
    command: timedelta  # EHLO, STARTTLS, AUTH, MAIL, RCPT
    data: timedelta  # from DATA to its answer
    final: timedelta  # the body, and the answer to the final dot


class SmtpTransport:
    channel: Final = "EMAIL"

    def __init__(self, server: Server, timeouts: Timeouts) -> None:
        self._server = server
        self._timeouts = timeouts

    @asynccontextmanager
    async def open(self) -> AsyncIterator["SmtpSession"]:
        client = self._client()
        try:
            with _no_mail_yet():
                await client.connect(timeout=self._timeouts.connect.total_seconds())
                await _greet(client)
            yield SmtpSession(client, self._timeouts)
        finally:
            if client.is_connected:
                with suppress(aiosmtplib.SMTPException, OSError):
                    await client.execute_command(b"QUIT", timeout=_QUIT_SECONDS)
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname=server.hello,
            use_tls=server.tls is Tls.TLS,
            start_tls=server.tls is Tls.STARTTLS,
            cert_bundle=server.ca_file,
            username=server.username,
            password=server.password,
            timeout=self._timeouts.command.total_seconds(),
        )


class SmtpSession:
    def __init__(self, client: aiosmtplib.SMTP, timeouts: Timeouts) -> None:
        self._client = client
        self._timeouts = timeouts

    @property
    def max_size(self) -> int | None:
        """What the server announced (RFC 1870); 0 means that it knows no limit."""
        announced = self._client.esmtp_extensions.get("size", "")
        known = announced.isdecimal() and len(announced) <= _MOST_SIZE_DIGITS
        return int(announced) or None if known else None

    async def offer(self, mail: OutboundMail) -> None:
        sized = self._client.supports_extension("size")
        with _no_mail_yet(for_good=_ABOUT_THE_MAIL):
            await self._client.mail(mail.sender, options=[f"SIZE={mail.size}"] if sized else [])
            # From the delivery's record, never from the rendered message.
            await self._client.rcpt(mail.recipient)

    async def send(self, mail: OutboundMail) -> None:
        """After `DATA` is written only an answer makes it certain; silence never does."""
        protocol = self._client.protocol
        if protocol is None or not protocol.is_connected:
            raise RefusedForNow("The connection was lost before the data.")
        try:
            await self._hand_over(protocol, mail.data)
        except aiosmtplib.SMTPResponseException as error:  # no SMTP, whatever it was
            raise Unclear(f"{error.code} {error.message}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unclear(_words(error)) from error

    async def _hand_over(self, protocol: SMTPProtocol, data: bytes) -> None:
        _insist_on_one_code(protocol)
        start = await protocol.execute_command(b"DATA", timeout=self._timeouts.data.total_seconds())
        if start.code != _START_INPUT:
            raise _refusal(start)
        # The first line is a header, so a line that begins with a dot has another before it.
        protocol.write(data.replace(b"\n.", b"\n.."))
        protocol.write(b".\r\n")
        answer = await protocol.read_response(timeout=self._timeouts.final.total_seconds())
        if answer.code not in _COMPLETED:
            raise _refusal(answer)


def _insist_on_one_code(protocol: SMTPProtocol) -> None:
    """An answer whose lines differ in code is none (RFC 5321, 4.2.1); aiosmtplib takes the last."""
    parse, buffer = protocol._read_response_from_buffer, protocol._buffer  # noqa: SLF001

    def parsed() -> SMTPResponse | None:
        codes = {line[:3] for line in bytes(buffer).splitlines()}
        answer = parse()
        if answer and len(codes) > 1:
            raise aiosmtplib.SMTPResponseException(answer.code, "more than one code in one answer")
        return answer

    protocol._read_response_from_buffer = parsed  # type: ignore[method-assign]  # noqa: SLF001


async def _greet(client: aiosmtplib.SMTP) -> None:
    if not client.is_ehlo_or_helo_needed:
        return
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError as error:
        if error.code not in _FOR_GOOD:
            raise
        await client.helo()  # a server older than extensions (RFC 5321, 3.2)


def _refusal(answer: SMTPResponse) -> RefusedForNow | RefusedForGood | Unclear:
    words = f"{answer.code} {answer.message}"
    if answer.code in _FOR_NOW:
        return RefusedForNow(words)
    return RefusedForGood(words) if answer.code in _FOR_GOOD else Unclear(words)


@contextmanager
def _no_mail_yet(*, for_good: Container[int] = ()) -> Iterator[None]:
    """Nothing was delivered, so all but an answer that is `for_good` may be tried again."""
    try:
        yield
    except aiosmtplib.SMTPResponseException as error:
        kind = RefusedForGood if error.code in for_good else RefusedForNow
        raise kind(f"{error.code} {error.message}") from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise RefusedForNow(_words(error)) from error


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
