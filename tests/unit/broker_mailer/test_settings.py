from datetime import timedelta

import pytest
from pydantic import SecretStr, ValidationError

from broker_mailer.settings import Settings
from shared.mail_servers import Tls


def test_passwords_travel_encrypted_unless_said_otherwise() -> None:
    assert Settings().smtp_tls is Tls.STARTTLS


def test_a_lease_shorter_than_the_data_is_refused() -> None:
    with pytest.raises(ValidationError, match="lease"):
        Settings(lease=timedelta(minutes=15))


@pytest.mark.parametrize("sender", ["Me <me@a.example>", "me@a.example\n", "me", "a@b.example,c@d"])
def test_the_sender_is_a_bare_address(sender: str) -> None:
    with pytest.raises(ValidationError, match="sender"):
        Settings(sender=sender)


def test_durations_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROKER_MAILER_RETRY_DELAYS", '["PT1S", "PT5M"]')
    monkeypatch.setenv("BROKER_MAILER_SWEEP_EVERY", "PT0.2S")

    settings = Settings()

    assert settings.retry_delays == (timedelta(seconds=1), timedelta(minutes=5))
    assert settings.sweep_every == timedelta(milliseconds=200)


@pytest.mark.parametrize(
    "host", ["smtp.example", "10.0.0.5", "127.0.0.1.example", "localhost.example"]
)
def test_a_password_is_never_sent_in_the_open(host: str) -> None:
    password = SecretStr("pass")

    with pytest.raises(ValidationError, match="smtp_password needs"):
        Settings(smtp_host=host, smtp_password=password, smtp_tls=Tls.NONE)
    encrypted = Settings(smtp_host=host, smtp_password=password, smtp_tls=Tls.STARTTLS)
    assert encrypted.live.password == "pass"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_on_this_machine_it_may_be(host: str) -> None:
    password = SecretStr("pass")

    assert Settings(smtp_host=host, smtp_password=password, smtp_tls=Tls.NONE).live.host == host
