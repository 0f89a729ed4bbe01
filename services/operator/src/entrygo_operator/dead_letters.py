"""`entrygo dlq`: what, why, since when; names and addresses masked unless asked for whole."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

import orjson
import typer
from rich.text import Text

from entrygo_operator.command import command
from entrygo_operator.output import Answer, facts, record, rows, to_json
from entrygo_operator.session import Session
from shared.errors import Refused
from shared.messaging import dead_letters
from shared.messaging.dead_letters import DeadLetter
from shared.messaging.rabbit import Messages
from shared.messaging.topology import SERVICES
from shared.validation import invalid

LetterId = Annotated[str, typer.Argument(metavar="ID", help="Id of the message.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="How many at most.")]
After = Annotated[str, typer.Option("--after", metavar="ID", help="Those that follow this one.")]
Full = Annotated[bool, typer.Option("--full", help="Names and addresses too.")]

MASK = "***"
SHOWN = 100  # letters of a reason in a table's cell; `show` has the whole
_ADDRESS = frozenset(
    {"name", "addressLines", "city", "postalCode", "destinationPostalCode", "phone", "email"}
    | {"taxId", "mid", "consignee"}
)
_EMAIL = re.compile(r"[^\s\"'<>@]+@[^\s\"'<>@]+")


letters = typer.Typer(no_args_is_help=True)


@command(letters, "list")
async def list_letters(
    session: Session, *, limit: Limit = 100, after: After = "", full: Full = False
) -> Answer:
    """The oldest, or those that follow one of them."""
    async with session.messages() as messages:
        found = await _all(messages)
    ids = [letter.id for letter in found]
    if after and after not in ids:
        raise _unknown(after)
    begin = ids.index(after) + 1 if after else 0
    found = found[begin : begin + limit]
    now = await session.store.now()
    columns = ("id", "type", "origin_queue", "asker", "age_seconds", "reason")
    shown = [view(letter, now, full=full) for letter in found]
    return rows(shown, columns, none="No dead letters.", widest=SHOWN)


@command(letters, "show")
async def show(session: Session, id_: LetterId, *, full: Full = False) -> Answer:
    """One of them, with its body."""
    async with session.messages() as messages:
        letter = await _one(messages, id_)
    shown = view(letter, await session.store.now(), full=full)
    content = body(letter, full=full)
    return Answer({**shown, "body": content}, [facts(shown), Text(to_json(content))])


@command(letters, "replay")
async def replay(session: Session, id_: LetterId) -> Answer:
    """Put it into its queue again, as if it were new."""
    letter = await _settled(session, id_, dead_letters.replay)
    return record({"replayed": id_, "queue": letter.origin_queue})


@command(letters, "drop")
async def drop(session: Session, id_: LetterId) -> Answer:
    """Forget it for good."""
    await _settled(session, id_, dead_letters.drop)
    return record({"dropped": id_})


async def _settled(
    session: Session, id_: str, settle: Callable[[Messages, str, str], Awaitable[bool]]
) -> DeadLetter:
    async with session.messages() as messages:
        letter = await _one(messages, id_)
        if not await settle(messages, letter.service, id_):  # another look has it by now
            raise _unknown(id_)
    return letter


async def _all(messages: Messages) -> list[DeadLetter]:
    found = [letter for name in SERVICES for letter in await dead_letters.listed(messages, name)]
    return sorted(found, key=lambda letter: letter.died_at)


async def _one(messages: Messages, id_: str) -> DeadLetter:
    for name in SERVICES:
        async for letter in dead_letters.looked_at(messages, name):
            if letter.id == id_:
                return letter
    raise _unknown(id_)


def _unknown(id_: str) -> Refused:
    return invalid("id", f"There is no dead letter {id_}.")


def view(letter: DeadLetter, now: datetime, *, full: bool) -> dict[str, Any]:
    """As it is shown; `now` is what its age is counted to."""
    age = letter.age(now)
    return {
        "id": letter.id,
        "type": letter.type,
        "origin_queue": letter.origin_queue,
        "asker": letter.asker or None,
        "reason": letter.reason if full else _EMAIL.sub(MASK, letter.reason),
        "died_at": letter.died_at,
        "age_seconds": None if age is None else round(age),
        "size_bytes": letter.size,
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
