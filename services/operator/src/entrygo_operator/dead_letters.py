"""Dead letters for people: what, why, since when; addresses masked unless asked for whole."""

import re
from typing import Any

import orjson

from shared.clock import parse_timestamp
from shared.contracts.errors import ErrorCode
from shared.errors import Refused
from shared.messaging import dead_letters
from shared.messaging.dead_letters import DeadLetter
from shared.messaging.rabbit import Messages
from shared.messaging.topology import SERVICES

MASK = "***"
_ADDRESS = frozenset(
    {"name", "addressLines", "city", "postalCode", "destinationPostalCode", "phone", "email"}
    | {"taxId", "mid", "consignee"}
)
_EMAIL = re.compile(r"[^\s\"'<>@]+@[^\s\"'<>@]+")


async def listed(messages: Messages) -> list[DeadLetter]:
    found = [letter for name in SERVICES for letter in await dead_letters.listed(messages, name)]
    return sorted(found, key=lambda letter: letter.died_at)


async def one(messages: Messages, id_: str) -> DeadLetter:
    for letter in await listed(messages):
        if letter.id == id_:
            return letter
    raise _unknown(id_)


async def replay(messages: Messages, id_: str) -> DeadLetter:
    """Sends it to its work queue again."""
    letter = await one(messages, id_)
    if not await dead_letters.replay(messages, letter.service, id_):
        raise _unknown(id_)
    return letter


async def drop(messages: Messages, id_: str) -> DeadLetter:
    """Forgets it for good."""
    letter = await one(messages, id_)
    if not await dead_letters.drop(messages, letter.service, id_):
        raise _unknown(id_)
    return letter


def _unknown(id_: str) -> Refused:
    return Refused(ErrorCode.VALIDATION_ERROR, f"There is no dead letter {id_}.", field="id")


def view(letter: DeadLetter, now: str, *, full: bool) -> dict[str, Any]:
    """As it is shown; `now` is what its age is counted to."""
    return {
        "id": letter.id,
        "type": letter.type,
        "origin_queue": letter.origin_queue,
        "reason": letter.reason if full else _EMAIL.sub(MASK, letter.reason),
        "died_at": letter.died_at,
        "age_seconds": _age(letter.died_at, now),
        "size_bytes": len(letter.body),
    }


def body(letter: DeadLetter, *, full: bool) -> Any:  # noqa: ANN401  # any JSON value
    """The body as JSON; one that is no JSON is text, and whole only when asked for."""
    try:
        parsed = orjson.loads(letter.body)
    except orjson.JSONDecodeError:
        text = letter.body.decode(errors="replace")
        return text if full else f"(no JSON, {len(letter.body)} bytes; --full shows it)"
    return parsed if full else masked(parsed)


def masked(value: Any) -> Any:  # noqa: ANN401  # any JSON value
    """Who and where taken out: names, streets, cities, postal codes, phones, e-mail, tax ids."""
    if isinstance(value, dict):
        return {key: MASK if key in _ADDRESS else masked(part) for key, part in value.items()}
    if isinstance(value, list):
        return [masked(part) for part in value]
    return _EMAIL.sub(MASK, value) if isinstance(value, str) else value


def _age(died_at: str, now: str) -> int | None:
    try:
        return round((parse_timestamp(now) - parse_timestamp(died_at)).total_seconds())
    except (ValueError, TypeError):  # a time the server wrote, in words of its own
        return None
