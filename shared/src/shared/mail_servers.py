"""Where mail goes (`BROKER_MAILER_...`): read by the mailer, and by who asks whether it can.

Durations are ISO 8601 (`PT5M`); a list is JSON (`["PT1M", "PT5M"]`).
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.contracts.parties import Email
from shared.settings import SECRETS

_LOOPBACK: Final = re.compile(r"127(\.[0-9]{1,3}){3}|::1")


class Tls(StrEnum):
    NONE = "NONE"
    STARTTLS = "STARTTLS"  # asked for after the greeting, and insisted on
    TLS = "TLS"  # from the first byte


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    hello: str  # how this client names itself
    tls: Tls = Tls.NONE
    ca_file: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)


class MailServers(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="BROKER_MAILER_", frozen=True, hide_input_in_errors=True, secrets_dir=SECRETS
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

    @model_validator(mode="after")
    def password_is_encrypted(self) -> Self:
        here = self.smtp_host == "localhost" or _LOOPBACK.fullmatch(self.smtp_host)
        if self.smtp_password and self.smtp_tls is Tls.NONE and not here:
            raise ValueError("smtp_password needs smtp_tls STARTTLS or TLS")
        return self

    @property
    def live(self) -> Server:
        """The mail server of live accounts."""
        return Server(
            host=self.smtp_host,
            port=self.smtp_port,
            hello=self._hello,
            tls=self.smtp_tls,
            ca_file=self.smtp_ca_file,
            username=self.smtp_username,
            password=self.smtp_password.get_secret_value() if self.smtp_password else None,
        )

    @property
    def catcher(self) -> Server:
        """The mail catcher of test accounts, where no folder is named."""
        return Server(self.sandbox_smtp_host, self.sandbox_smtp_port, self._hello)

    @property
    def _hello(self) -> str:
        return self.sender.rpartition("@")[2]
