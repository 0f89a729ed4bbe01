"""The settings of services and of the operator's command, as environment variables."""

import shlex
from pathlib import Path

from stack.servers import Addresses


def variables(addresses: Addresses, gateway_port: int | None = None) -> dict[str, str]:
    found = {
        "ENTRYGO_RABBIT_URL": addresses.rabbit_url,
        "ENTRYGO_MONGO_URL": addresses.mongo_url,
        "ENTRYGO_MONGO_DATABASE": "entrygo",
        "ENTRYGO_RABBIT_MANAGEMENT_URL": addresses.rabbit_management_url,
        "ENTRYGO_MAILPIT_URL": addresses.mailpit_url,
        "BROKER_MAILER_SMTP_HOST": addresses.smtp_host,
        "BROKER_MAILER_SMTP_PORT": str(addresses.smtp_port),
        # The mail catcher is on this machine and has no certificate.
        "BROKER_MAILER_SMTP_TLS": "NONE",
        "BROKER_MAILER_SANDBOX_SMTP_HOST": addresses.smtp_host,
        "BROKER_MAILER_SANDBOX_SMTP_PORT": str(addresses.smtp_port),
    }
    if gateway_port is not None:
        found["ENTRYGO_GATEWAY_URL"] = f"http://localhost:{gateway_port}"
    return found


def write(path: Path, values: dict[str, str]) -> None:
    lines = [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
    path.write_text("\n".join(["# Load with:  . " + shlex.quote(str(path)), *lines, ""]))
