"""Where mail goes (`BROKER_MAILER_...`): read by the mailer, and by who asks whether it can.

Durations are ISO 8601 (`PT5M`); a list is JSON (`["PT1M", "PT5M"]`).
"""

from enum import StrEnum
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.contracts.parties import Email


class Tls(StrEnum):
    NONE = "NONE"
    STARTTLS = "STARTTLS"  # asked for after the greeting, and insisted on
    TLS = "TLS"  # from the first byte


class MailServers(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="BROKER_MAILER_", frozen=True, hide_input_in_errors=True
    )

    sender: Email = "entrygo@localhost.localdomain"

    # Live accounts.
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_tls: Tls = Tls.STARTTLS
    smtp_ca_file: str | None = None
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None

    # Test accounts: a mail catcher, or a folder when one is named.
    sandbox_smtp_host: str = "127.0.0.1"
    sandbox_smtp_port: int = 1025
    sandbox_folder: Path | None = None

    @property
    def hello(self) -> str:
        """How this client names itself."""
        return self.sender.rpartition("@")[2]
