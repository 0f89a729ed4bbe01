"""What stops a command is told as an error envelope, with exit code 1."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from entrygo_operator.app import app
from entrygo_operator.session import Session, run
from entrygo_operator.tariffs import table_in
from shared.contracts.errors import ErrorCode
from shared.errors import BlobCorrupt, NoReply, QueueUnavailable, Refused, StoreFault


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("ENTRYGO_PREFETCH", "many", "ENTRYGO_PREFETCH: "),
        ("ENTRYGO_RETRY_DELAYS_MS", "soon", '"retry_delays_ms"'),
        ("ENTRYGO_MONGO_URL", "http://localhost", "ENTRYGO_MONGO_URL: "),
        ("ENTRYGO_MONGO_URL", "mongodb://host:port/", "ENTRYGO_MONGO_URL: "),
        ("ENTRYGO_MONGO_URL", "mongodb://user:pa@ss@host/", "ENTRYGO_MONGO_URL: "),
        ("ENTRYGO_MONGO_DATABASE", "a b", "ENTRYGO_MONGO_DATABASE: "),
        ("ENTRYGO_RABBIT_URL", "", "ENTRYGO_RABBIT_URL: "),
        ("ENTRYGO_RABBIT_URL", "amqp://host:port/", "ENTRYGO_RABBIT_URL: "),
    ],
)
def test_a_bad_setting_is_told_by_its_name(name: str, value: str, told: str) -> None:
    done = CliRunner().invoke(app, ["account", "list"], env={name: value})

    envelope = json.loads(done.stderr)
    assert done.exit_code == 1
    assert envelope["errorCode"] == ErrorCode.VALIDATION_ERROR
    assert told in envelope["message"]
    assert "pa@ss" not in done.stderr


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (Refused(ErrorCode.EXPORT_VOIDED), ErrorCode.EXPORT_VOIDED),
        (BlobCorrupt("other bytes"), ErrorCode.INTERNAL_ERROR),
        (NoReply("no answer"), ErrorCode.SERVICE_UNAVAILABLE),
        (QueueUnavailable("RabbitMQ is away"), ErrorCode.SERVICE_UNAVAILABLE),
        (StoreFault("no answer"), ErrorCode.SERVICE_UNAVAILABLE),
        (RuntimeError("a bug"), ErrorCode.INTERNAL_ERROR),
        (KeyboardInterrupt(), ErrorCode.INTERNAL_ERROR),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else value.value,
)
def test_every_failure_has_its_code(
    failure: BaseException, code: ErrorCode, capsys: pytest.CaptureFixture[str]
) -> None:
    async def work(_: Session) -> None:
        raise failure

    with pytest.raises(typer.Exit) as stopped:
        run(work)

    assert stopped.value.exit_code == 1
    assert json.loads(capsys.readouterr().err)["errorCode"] == code


def test_an_interrupted_command_says_to_look_before_it_is_given_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def work(_: Session) -> None:
        raise KeyboardInterrupt

    with pytest.raises(typer.Exit):
        run(work)

    details = json.loads(capsys.readouterr().err)["details"]
    assert details == {"retryable": False, "next_action": "INSPECT"}


def test_a_file_that_cannot_be_read_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read: Is a directory"):
        table_in(tmp_path)
