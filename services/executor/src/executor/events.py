"""The executor's events, with ids derived from what caused them."""

from typing import Any

from shared import exports
from shared.contracts.lifecycle import Event, EventType, ExportRecord

ACTOR = "executor"


def execution_event(
    export: ExportRecord, kind: EventType, now: str, data: dict[str, Any], *, part: str = ""
) -> Event:
    """An event of one attempt; `part` tells several of one type apart."""
    attempt = export["attempt"]
    cause = (export["_id"], str(attempt), kind.value, part)
    return exports.event(kind, *cause, at=now, actor=ACTOR, data={"attempt": attempt} | data)


def command_event(
    command_id: str, kind: EventType, now: str, data: dict[str, Any], *, actor: str = ACTOR
) -> Event:
    """An event that a command caused: a second delivery of the command is the same event."""
    said = {"command_id": command_id} | data
    return exports.event(kind, command_id, kind.value, at=now, actor=actor, data=said)


def happened(export: ExportRecord, event_id: str) -> bool:
    return any(event["id"] == event_id for event in export["events"])
