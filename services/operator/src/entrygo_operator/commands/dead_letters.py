"""`entrygo dlq`."""

from typing import Annotated

import typer

from entrygo_operator import dead_letters
from entrygo_operator.output import AsJson, print_json, print_record, print_rows
from entrygo_operator.session import Session, run
from shared.clock import timestamp
from shared.messaging.dead_letters import DeadLetter

LetterId = Annotated[str, typer.Argument(metavar="ID", help="Id of the message.")]
SHOWN = 100
Full = Annotated[bool, typer.Option("--full", help="Names and addresses too.")]

app = typer.Typer(no_args_is_help=True, help="Dead letters: messages that could not be handled.")


@app.command("list")
def list_letters(*, full: Full = False, as_json: AsJson = False) -> None:
    """All of them, oldest first."""

    async def work(session: Session) -> tuple[list[DeadLetter], str]:
        async with session.messages() as messages:
            return await dead_letters.listed(messages), timestamp(await session.now())

    letters, now = run(work)
    rows = [dead_letters.view(letter, now, full=full) for letter in letters]
    if not as_json:  # a table's cell; `show` has the whole
        rows = [row | {"reason": row["reason"][:SHOWN]} for row in rows]
    columns = ("id", "type", "origin_queue", "age_seconds", "reason")
    print_rows(rows, columns, as_json=as_json, none="No dead letters.")


@app.command()
def show(id_: LetterId, *, full: Full = False, as_json: AsJson = False) -> None:
    """One of them, with its body."""

    async def work(session: Session) -> tuple[DeadLetter, str]:
        async with session.messages() as messages:
            return await dead_letters.one(messages, id_), timestamp(await session.now())

    letter, now = run(work)
    shown = dead_letters.view(letter, now, full=full)
    body = dead_letters.body(letter, full=full)
    if as_json:
        print_json({**shown, "body": body})
        return
    print_record(shown, as_json=False)
    print_json(body)


@app.command()
def replay(id_: LetterId, *, as_json: AsJson = False) -> None:
    """Put it into its queue again, as if it were new."""

    async def work(session: Session) -> DeadLetter:
        async with session.messages() as messages:
            return await dead_letters.replay(messages, id_)

    letter = run(work)
    print_record({"replayed": letter.id, "queue": letter.origin_queue}, as_json=as_json)


@app.command()
def drop(id_: LetterId, *, as_json: AsJson = False) -> None:
    """Forget it for good."""

    async def work(session: Session) -> DeadLetter:
        async with session.messages() as messages:
            return await dead_letters.drop(messages, id_)

    print_record({"dropped": run(work).id}, as_json=as_json)
