"""The operator's command, as it is typed."""

import json
from typing import Any

from typer.testing import CliRunner, Result

from entrygo_operator.app import app
from shared.settings import CommonSettings


class Entrygo:
    """Types a command; `json` expects it to succeed, `refused` to fail with an envelope."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(app, list(words), env=self.environment)

    def json(self, *words: str) -> Any:  # any JSON value
        done = self(*words, "--json")
        assert done.exit_code == 0, done.stderr or repr(done.exception)
        return json.loads(done.stdout)

    def refused(self, *words: str) -> dict[str, Any]:
        done = self(*words)
        assert done.exit_code == 1
        assert done.stdout == ""
        envelope: dict[str, Any] = json.loads(done.stderr)
        assert "next_action" in envelope["details"]
        return envelope


def entrygo_on(settings: CommonSettings, **more: str) -> Entrygo:
    """The command, pointed at these servers."""
    return Entrygo(
        {
            "ENTRYGO_MONGO_URL": settings.mongo_url.get_secret_value(),
            "ENTRYGO_MONGO_DATABASE": settings.mongo_database,
            "ENTRYGO_RABBIT_URL": settings.rabbit_url.get_secret_value(),
            "ENTRYGO_RETRY_DELAYS_MS": str(list(settings.retry_delays_ms)),
            **more,
        }
    )
