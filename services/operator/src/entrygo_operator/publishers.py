"""`entrygo publisher`: services of the company that publish orders, each for some accounts."""

import os
import re
import secrets
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from entrygo_operator import rabbit_users
from entrygo_operator.command import command
from entrygo_operator.output import Answer, record, rows
from entrygo_operator.parties import ACCOUNT, existing
from entrygo_operator.session import Session
from shared.clock import timestamp
from shared.messaging.permissions import publisher_user
from shared.messaging.topology import PUBLISHER
from shared.records import PUBLISHERS, Document, Publisher
from shared.steps import durable_step
from shared.validation import invalid

Name = Annotated[str, typer.Argument(help="Its name.")]
Accounts = Annotated[
    list[str], typer.Option("--account", help="Id of an account it may write for; repeatable.")
]
PasswordFile = Annotated[
    Path | None,
    typer.Option("--password-file", help="Write the password there (0600), instead of here."),
]
_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")

publishers = typer.Typer(no_args_is_help=True)


@command(publishers, "create")
async def create(
    session: Session, name: Name, *, account: Accounts, password_file: PasswordFile = None
) -> Answer:
    """Make a publisher, a user of RabbitMQ. Its password is shown this once."""
    if not _NAME.fullmatch(name) or name == PUBLISHER:
        raise invalid("name", f"1 to 64 of A-Z a-z 0-9 . _ -, and not {PUBLISHER!r}.")
    made: Publisher = {
        "_id": name,
        "accounts": await _existing(session, account),
        "created_at": timestamp(await session.store.now()),
        "revoked_at": None,
    }
    if not await session.store.put_if_absent(PUBLISHERS, made, step="operator.keep_publisher"):
        raise invalid("name", f"{name} is there already: `entrygo publisher rotate {name}`.")
    return await _let_in(session, made, password_file)


@command(publishers, "list")
async def list_publishers(session: Session) -> Answer:
    """All publishers, revoked ones too; never a password."""
    found = await session.store.find(PUBLISHERS, {}, sort=[("_id", 1)])
    columns = ("name", "accounts", "user", "created_at", "revoked_at")
    return rows([view(one) for one in found], columns, none="No publishers.")


@command(publishers, "update")
async def update(session: Session, name: Name, *, account: Accounts) -> Answer:
    """Say anew for which accounts it may write; messages that come from now on are asked."""
    changed = await _changed(session, name, {"accounts": await _existing(session, account)})
    return record(view(changed or await _known(session, name)))


@command(publishers, "rotate")
async def rotate(session: Session, name: Name, *, password_file: PasswordFile = None) -> Answer:
    """Give it another password, shown this once; connections under the old one end."""
    return await _let_in(session, await _known(session, name), password_file)


@command(publishers, "revoke")
async def revoke(session: Session, name: Name) -> Answer:
    """Take its user away, for good; what it published and still waits is refused."""
    now = timestamp(await session.store.now())
    await _changed(session, name, {"revoked_at": now})
    ended = await _known(session, name, revoked=True)
    with durable_step("operator.remove_publisher"):
        await rabbit_users.remove(publisher_user(name))
    return record(view(ended))


async def _let_in(session: Session, known: Publisher, file: Path | None) -> Answer:
    user, password = publisher_user(known["_id"]), secrets.token_urlsafe(24)
    if file is not None:
        _write_private(file, password)
    with durable_step("operator.let_publisher_in"):
        await rabbit_users.let_in(session.settings, user, password)
    if file is not None:
        return record({**view(known), "password_file": str(file)})
    note = Text("Keep the password now: it is not shown again.", "bold")
    return record({**view(known), "password": password}, note)


def _write_private(file: Path, text: str) -> None:
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise invalid("password_file", f"{file} cannot be made: {error.strerror}.") from error
    with open(handle, "w") as opened:  # noqa: PTH123  # of a handle
        opened.write(text)


async def _existing(session: Session, accounts: list[str]) -> list[str]:
    return sorted({(await existing(session.store, ACCOUNT, each))["_id"] for each in accounts})


async def _changed(session: Session, name: str, fields: Document) -> Publisher | None:
    """None where there is none, or it was revoked."""
    return await session.store.transition(
        PUBLISHERS, name, {"revoked_at": None}, {"$set": fields}, step="operator.change_publisher"
    )


async def _known(session: Session, name: str, *, revoked: bool = False) -> Publisher:
    found = await session.store.get(PUBLISHERS, name)
    if found is None or (found["revoked_at"] and not revoked):
        raise invalid("name", f"There is no publisher {name}.")
    return found


def view(known: Publisher) -> dict[str, Any]:
    own = {name: value for name, value in known.items() if name != "_id"}
    return {"name": known["_id"], "user": publisher_user(known["_id"]), **own}
