"""Whether the mail servers greet, with the encryption and the login that are set; no mail is sent.

As seen from where it is asked, which need not be where the mailer runs.
"""

import asyncio
import smtplib
import ssl
import time
from dataclasses import dataclass
from typing import Any, Final

from shared.checks.finding import Finding, bad, fine, span, warn
from shared.mail_servers import MailServers, Tls

_SECONDS: Final = 5.0  # for each answer
CERTIFICATE_SECONDS: Final = 14 * 86_400.0  # time to renew one


@dataclass(frozen=True)
class _Server:
    host: str
    port: int
    hello: str
    tls: Tls = Tls.NONE
    ca_file: str | None = None
    login: tuple[str, str] | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port} ({self.tls})"

    @property
    def by_hand(self) -> str:
        starttls = " -starttls smtp" if self.tls is Tls.STARTTLS else ""
        tool = "nc" if self.tls is Tls.NONE else f"openssl s_client{starttls} -connect"
        return f"{tool} {self.host}{' ' if tool == 'nc' else ':'}{self.port}"


async def of_live(servers: MailServers) -> Finding:
    password = servers.smtp_password.get_secret_value() if servers.smtp_password else ""
    server = _Server(
        servers.smtp_host,
        servers.smtp_port,
        servers.hello,
        servers.smtp_tls,
        servers.smtp_ca_file,
        (servers.smtp_username, password) if servers.smtp_username else None,
    )
    return await _judged("mail, live", server)


async def of_sandbox(servers: MailServers) -> Finding:
    if servers.sandbox_folder is not None:
        return fine("mail, sandbox", f"files in {servers.sandbox_folder}, where the mailer runs")
    server = _Server(servers.sandbox_smtp_host, servers.sandbox_smtp_port, servers.hello)
    return await _judged("mail, sandbox", server)


async def _judged(check: str, server: _Server) -> Finding:
    try:
        left = await asyncio.to_thread(_greet, server)
    except (OSError, smtplib.SMTPException) as error:
        why = " ".join(str(error).split()) or type(error).__name__
        return bad(check, f"{server}: {why[:200]}", server.by_hand)
    if left is not None and left < CERTIFICATE_SECONDS:
        return warn(check, f"{server}: its certificate ends in {span(left)}", server.by_hand)
    return fine(check, f"{server} greets{' and lets us in' if server.login else ''}")


def _greet(server: _Server) -> float | None:
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
        if server.login is not None:
            smtp.login(*server.login)
        return _left(smtp.sock)


def _connected(server: _Server, context: ssl.SSLContext) -> smtplib.SMTP:
    where: dict[str, Any] = {"host": server.host, "port": server.port, "timeout": _SECONDS}
    if server.tls is Tls.TLS:
        return smtplib.SMTP_SSL(**where, local_hostname=server.hello, context=context)
    return smtplib.SMTP(**where, local_hostname=server.hello)


def _left(sock: object) -> float | None:
    if not isinstance(sock, ssl.SSLSocket):
        return None
    certificate = sock.getpeercert() or {}
    return ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time.time()
