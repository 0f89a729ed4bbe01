"""Whether the mail servers greet, with the encryption and the login that are set; no mail is sent.

As seen from where it is asked, which need not be where the mailer runs.
"""

import asyncio
import smtplib
import ssl
import time
from typing import Any, Final

from shared.checks.finding import Finding, bad, fine, span, warn
from shared.mail_servers import MailServers, Server, Tls

_SECONDS: Final = 5.0  # for each answer
CERTIFICATE_SECONDS: Final = 14 * 86_400.0  # time to renew one


async def of_live(servers: MailServers) -> Finding:
    return await _judged("mail, live", servers.live)


async def of_sandbox(servers: MailServers) -> Finding:
    if servers.sandbox_folder is not None:
        return fine("mail, sandbox", f"files in {servers.sandbox_folder}, where the mailer runs")
    return await _judged("mail, sandbox", servers.catcher)


async def _judged(check: str, server: Server) -> Finding:
    name, by_hand = f"{server.host}:{server.port} ({server.tls})", _by_hand(server)
    try:
        left = await asyncio.to_thread(_greet, server)
    except (OSError, smtplib.SMTPException) as error:
        why = " ".join(str(error).split()) or type(error).__name__
        return bad(check, f"{name}: {why[:200]}", by_hand)
    if left is not None and left < CERTIFICATE_SECONDS:
        return warn(check, f"{name}: its certificate ends in {span(left)}", by_hand)
    return fine(check, f"{name} greets{' and lets us in' if server.username else ''}")


def _by_hand(server: Server) -> str:
    if server.tls is Tls.NONE:
        return f"nc {server.host} {server.port}"
    starttls = "-starttls smtp " if server.tls is Tls.STARTTLS else ""
    return f"openssl s_client {starttls}-connect {server.host}:{server.port}"


def _greet(server: Server) -> float | None:
    """As the mailer does before a mail: connects, greets, encrypts, logs in; then leaves.

    Gives the seconds that the server's certificate is valid for; None where there is none.
    """
    context = ssl.create_default_context()
    if server.ca_file is not None:
        context.load_verify_locations(server.ca_file)
    with _connected(server, context) as smtp:
        smtp.ehlo_or_helo_if_needed()
        if server.tls is Tls.STARTTLS:
            smtp.starttls(context=context)
        if server.username is not None:
            smtp.login(server.username, server.password or "")
        return _left(smtp.sock)


def _connected(server: Server, context: ssl.SSLContext) -> smtplib.SMTP:
    where: dict[str, Any] = {"host": server.host, "port": server.port, "timeout": _SECONDS}
    if server.tls is Tls.TLS:
        return smtplib.SMTP_SSL(**where, local_hostname=server.hello, context=context)
    return smtplib.SMTP(**where, local_hostname=server.hello)


def _left(sock: object) -> float | None:
    if not isinstance(sock, ssl.SSLSocket):
        return None
    certificate = sock.getpeercert() or {}
    return ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time.time()
