"""`entrygo backup`: all that is stored as files, checked, and put back.

Collections are read one after the other while the system runs: each before what it refers to, which
is written first and goes a day after it at the earliest: all that a backup refers to is in it.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from entrygo_operator.command import command
from entrygo_operator.output import Answer, record
from entrygo_operator.restoring import Restoring, begun
from entrygo_operator.session import Session
from shared.backups import (
    FORMAT,
    Manifest,
    Part,
    described,
    part_written,
    read_part,
    seal,
    verified,
)
from shared.blobs import unpacked
from shared.clock import timestamp
from shared.contracts.lifecycle import State
from shared.errors import BlobCorrupt
from shared.ids import minted_id
from shared.paging import pages
from shared.records import (
    ACCOUNTS,
    API_KEYS,
    BLOBS,
    BROKERS,
    EXPORTS,
    IDEMPOTENCY_KEYS,
    KEY_USES,
    ORDERS,
    PLANS,
    PRINTS,
    PRODUCTS,
    PUBLISHERS,
    STORAGE,
    TARIFF_TABLES,
    VERDICTS,
    WAREHOUSES,
    Blob,
    Place,
    named,
)
from shared.store import Store
from shared.validation import invalid

# Not the claims: each is told by its executed export, and remade from it (restoring.py).
PLACES: Final[tuple[Place[Any], ...]] = (
    STORAGE,
    IDEMPOTENCY_KEYS,
    VERDICTS,
    EXPORTS,
    PRINTS,
    PLANS,
    ORDERS,
    PRODUCTS,
    ACCOUNTS,
    WAREHOUSES,
    BROKERS,
    KEY_USES,
    API_KEYS,
    PUBLISHERS,
    TARIFF_TABLES,
    BLOBS,
)
VOIDED: Final = "exports_voided"  # while the exports were read: these records stand in their place
_CLOCKS_DIFFER: Final = timedelta(hours=1)

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The backup's folder.")]

backups = typer.Typer(no_args_is_help=True)


@command(backups, "create")
async def create(session: Session, folder: Folder) -> Answer:
    """Write all that is stored into a new folder; the system may run meanwhile."""
    store, parts = session.store, dict[str, Part]()
    taken_at = await store.now()
    try:
        folder.mkdir(parents=True, mode=0o700)  # it holds names, addresses, tax numbers
        for place in PLACES:
            parts[named(place)] = await _copied(store, folder, place, named(place))
            if place == EXPORTS:
                since = timestamp(taken_at - _CLOCKS_DIFFER)
                voided = {"state": State.VOIDED.value, "updated_at": {"$gte": since}}
                parts[VOIDED] = await _copied(store, folder, EXPORTS, VOIDED, voided)
        manifest = Manifest(
            format=FORMAT, id=minted_id("backup_"), taken_at=timestamp(taken_at), parts=parts
        )
        seal(folder, manifest)
    except OSError as error:
        raise invalid("folder", f"{folder} cannot be written: {error.strerror}.") from error
    return _told(manifest)


@command(backups, "verify")
async def verify(session: Session, folder: Folder) -> Answer:  # noqa: ARG001  # as all commands
    """Read it whole: every file by its hash, every stored document by its own."""
    manifest, damaged = verified(folder), []
    for document in read_part(folder, named(BLOBS)):
        blob: Blob = document  # type: ignore[assignment]  # as it was stored
        try:
            await unpacked(blob["_id"], blob)
        except BlobCorrupt as error:
            damaged.append(str(error))
    answer = _told(manifest)
    value = {**answer.value, "damaged": damaged}
    return Answer(value, [*answer.shown, *map(Text, damaged)], failed=bool(damaged))


@command(backups, "restore")
async def restore(
    session: Session,
    folder: Folder,
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete all that the store holds first.")
    ] = False,
) -> Answer:
    """Put it into an empty store, with all services stopped; again after a crash goes on.

    What was not final then is UNKNOWN or stalled, what was planned is held until it is released.
    """
    manifest = verified(folder)
    epoch = await begun(session.store, manifest, PLACES, replace=replace)
    restoring = Restoring(session.store, epoch)
    for place in reversed(PLACES):
        if place == EXPORTS:
            await restoring.exports(read_part(folder, VOIDED))
            await restoring.exports(read_part(folder, EXPORTS))
        elif named(place) in manifest["parts"]:  # an older backup has fewer
            await restoring.documents(place, read_part(folder, named(place)), _page_of(place))
    return record(await restoring.ended())


async def _copied(
    store: Store,
    folder: Path,
    place: Place[Any],
    name: str,
    query: dict[str, Any] | None = None,
) -> Part:
    count = 0
    with part_written(folder, name) as write:
        async for page in pages(store, place, query, size=_page_of(place)):
            for document in page:
                write(document)
            count += len(page)
    return described(folder, name, count)


def _page_of(place: Place[Any]) -> int:
    return 8 if place == BLOBS else 100  # a blob has up to 15 MiB


def _told(manifest: Manifest) -> Answer:
    counts = {name: part["documents"] for name, part in manifest["parts"].items()}
    size = sum(part["bytes"] for part in manifest["parts"].values())
    return record({**manifest, "parts": counts, "bytes": size})
