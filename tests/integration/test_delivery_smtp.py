"""The SMTP transport on real sockets: encryption, sign-in, sizes, and what travels."""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from broker_mailer.transports.base import OutboundMail, RefusedForNow
from broker_mailer.transports.smtp import SmtpTransport, Timeouts
from shared.mail_servers import Server, Tls
from support.smtp import ScriptedSmtp, scripted_smtp

pytestmark = pytest.mark.integration

SECOND = timedelta(seconds=1)
MAIL = OutboundMail(
    sender="entrygo@forwarder.example",
    recipient="entries@niagara.example",
    message_id="<sub_1@entrygo.example>",
    data=b"Subject: dots\r\n\r\n.\r\n..\r\n.x\r\nlast\r\n",
)


def a_transport(server: ScriptedSmtp, tls: Tls = Tls.NONE, **given: str | None) -> SmtpTransport:
    where = Server("localhost", server.port, "forwarder.example", tls, **given)
    return SmtpTransport(where, Timeouts(SECOND, SECOND, SECOND, SECOND))


async def carry(transport: SmtpTransport, mail: OutboundMail = MAIL) -> None:
    async with transport.open() as session:
        await session.offer(mail)
        await session.send(mail)


async def test_the_body_arrives_byte_for_byte_lines_of_dots_too() -> None:
    async with scripted_smtp() as server:
        await carry(a_transport(server))

    assert [mail.data for mail in server.mails] == [MAIL.data]
    assert server.commands[0] == "EHLO forwarder.example"


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.TLS])
async def test_it_speaks_over_tls_and_signs_in(
    tls: Tls, certificate: Path, server_tls: ssl.SSLContext
) -> None:
    async with scripted_smtp(
        extensions=["STARTTLS", "AUTH PLAIN"],
        tls=server_tls,
        from_the_first_byte=tls is Tls.TLS,
    ) as server:
        ca_file = str(certificate.with_suffix(".crt"))
        await carry(a_transport(server, tls, ca_file=ca_file, username="me", password="pass"))

    assert server.secrets == ["\0me\0pass"]
    assert len(server.mails) == 1
    assert ("STARTTLS" in server.stages) == (tls is Tls.STARTTLS)
    if tls is Tls.STARTTLS:
        assert server.stages.index("STARTTLS") < server.stages.index("AUTH")


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.TLS])
async def test_a_certificate_nobody_vouches_for_gets_neither_password_nor_mail(
    tls: Tls, server_tls: ssl.SSLContext
) -> None:
    async with scripted_smtp(
        extensions=["STARTTLS", "AUTH PLAIN"],
        tls=server_tls,
        from_the_first_byte=tls is Tls.TLS,
    ) as server:
        with pytest.raises(RefusedForNow, match=r"(?i)certificate"):
            await carry(a_transport(server, tls, username="me", password="pass"))

    assert (server.secrets, server.mails) == ([], [])


async def test_starttls_is_insisted_on() -> None:
    async with scripted_smtp(extensions=["AUTH PLAIN"]) as server:
        with pytest.raises(RefusedForNow, match="STARTTLS"):
            await carry(a_transport(server, Tls.STARTTLS, username="me", password="pass"))

    assert (server.secrets, server.mails) == ([], [])


async def test_a_refused_password_is_about_us_and_tried_again() -> None:
    async with scripted_smtp({"AUTH": ["535 5.7.8 who?"]}, extensions=["AUTH PLAIN"]) as server:
        with pytest.raises(RefusedForNow, match=r"535 5\.7\.8 who\?"):
            await carry(a_transport(server, username="me", password="pass"))


@pytest.mark.parametrize(
    ("extensions", "size"),
    [
        (["SIZE 1000"], 1000),
        (["SIZE 0"], None),
        (["SIZE"], None),
        (["SIZE x"], None),
        (["SIZE " + "1" * 5_000], None),
        ([], None),
    ],
    ids=["bytes", "zero", "nothing", "no number", "endless", "not announced"],
)
async def test_the_announced_size_is_known_after_the_greeting(
    extensions: list[str], size: int | None
) -> None:
    async with (
        scripted_smtp(extensions=extensions) as server,
        a_transport(server).open() as session,
    ):
        assert session.max_size == size


async def test_a_server_without_extensions_is_greeted_the_old_way() -> None:
    async with scripted_smtp({"EHLO": ["502 never heard of it"]}) as server:
        await carry(a_transport(server))

    assert [command.split()[0] for command in server.commands[:2]] == ["EHLO", "HELO"]
    assert len(server.mails) == 1


async def test_a_connection_lost_before_the_data_is_no_unclear_one() -> None:
    async with scripted_smtp() as server, a_transport(server).open() as session:
        await session.offer(MAIL)
        session._client.close()  # noqa: SLF001  # as when the server has hung up
        with pytest.raises(RefusedForNow):
            await session.send(MAIL)

    assert "DATA" not in server.stages


async def test_no_server_at_all_is_tried_again() -> None:
    async with scripted_smtp() as server:
        pass
    with pytest.raises(RefusedForNow, match="connect"):
        await carry(a_transport(server))
