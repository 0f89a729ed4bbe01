"""The settings of services and of the operator's command, as environment variables."""

import shlex
from pathlib import Path

from stack.secrets import write_private
from stack.servers import Addresses

OPERATOR = "operator"


def variables(
    addresses: Addresses, service: str, gateway_port: int | None = None
) -> dict[str, str]:
    """What one service is told, and no other's secrets; the operator what people look with too."""
    own = addresses.users.get(service, addresses.rabbit_url)
    found = {
        "ENTRYGO_RABBIT_URL": own,
        "ENTRYGO_MONGO_URL": addresses.stores.get(service, addresses.mongo_url),
        "ENTRYGO_MONGO_DATABASE": "entrygo",
    }
    if service in {"broker-mailer", OPERATOR}:
        found |= {
            "BROKER_MAILER_SMTP_HOST": addresses.smtp_host,
            "BROKER_MAILER_SMTP_PORT": str(addresses.smtp_port),
            # The mail catcher is on this machine and has no certificate.
            "BROKER_MAILER_SMTP_TLS": "NONE",
            "BROKER_MAILER_SANDBOX_SMTP_HOST": addresses.smtp_host,
            "BROKER_MAILER_SANDBOX_SMTP_PORT": str(addresses.smtp_port),
        }
    if service == OPERATOR:
        found["ENTRYGO_PUBLISHER_RABBIT_URL"] = addresses.users.get("publisher", own)
        found["ENTRYGO_SUBSCRIBER_RABBIT_URL"] = addresses.users.get("subscriber", own)
        found["ENTRYGO_RABBIT_MANAGEMENT_URL"] = addresses.rabbit_management_url
        found["ENTRYGO_MAILPIT_URL"] = addresses.mailpit_url
        if gateway_port is not None:
            found["ENTRYGO_GATEWAY_URL"] = f"http://localhost:{gateway_port}"
    return found


def write(path: Path, values: dict[str, str]) -> None:
    lines = [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
    write_private(path, "\n".join(["# Load with:  . " + shlex.quote(str(path)), *lines, ""]))
