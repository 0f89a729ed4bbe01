"""`entrygo tariff`: the tariff table in the store, in parts a plan can read alone.

`tariff_tables` holds, for each table, one document a heading:

    {_id: "<table>:<heading>", codes: {"<ten digits>": {units: [...], description: "..."}}}

and the pointer `{_id: "in_use", table, numbers, source, loaded_at, revision, effective}`. `table`
is the SHA-256 of the table's content; the last two are absent, or null, where nobody said them. All
parts are written before the pointer moves; former tables stay, since a plan that is under way may
still read them.
"""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from entrygo_operator.command import command
from entrygo_operator.output import Answer, record, rows
from entrygo_operator.session import Session
from entrygo_operator.tariff_table import BadTariffFile, TariffTable, read_table
from shared.clock import timestamp
from shared.contracts.errors import ErrorCode
from shared.errors import Refused
from shared.records import TARIFF_TABLES
from shared.tariff import revision_of
from shared.validation import invalid

POINTER = "in_use"
PARTS_A_WRITE = 200
DIGITS = range(4, 11)


tariffs = typer.Typer(no_args_is_help=True)


@command(tariffs, "load")
async def load(
    session: Session,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="The USITC's CSV or JSON.")
    ],
    revision: Annotated[
        str | None, typer.Option(help="Which it is, as `2026 Revision 21` or 2026HTSRev21.")
    ] = None,
    effective: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="From when it is in force.")
    ] = None,
) -> Answer:
    """Take a published table into use; a bad file is refused whole."""
    known = {"revision": _revision(revision), "effective": _day(effective)}
    store, table = session.store, table_in(file)
    parts = [
        (f"{table.hash}:{heading}", {"$set": {"codes": codes}})
        for heading, codes in table.headings.items()
    ]
    for start in range(0, len(parts), PARTS_A_WRITE):
        await store.upsert_each(
            TARIFF_TABLES, parts[start : start + PARTS_A_WRITE], step="operator.write_tariff_part"
        )
    pointer = {
        "table": table.hash,
        "numbers": table.count,
        "source": file.name,
        "loaded_at": timestamp(await store.now()),
        **known,
    }
    await store.upsert_each(
        TARIFF_TABLES, [(POINTER, {"$set": pointer})], step="operator.use_tariff_table"
    )
    return record(pointer)


@command(tariffs, "show")
async def show(
    session: Session,
    code: Annotated[str, typer.Argument(help="4 to 10 digits, with or without dots.")],
) -> Answer:
    """The number with its unit of quantity, or all numbers under a shorter code."""
    digits = code.replace(".", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) in DIGITS):
        raise invalid("code", f"{code!r} is no HTS number of 4 to 10 digits.", "invalid_string")
    pointer = await session.store.get(TARIFF_TABLES, POINTER)
    if pointer is None:
        raise invalid("code", "No tariff table is loaded.")
    part = await session.store.get(TARIFF_TABLES, f"{pointer['table']}:{digits[:4]}")
    found = [
        {"code": number, **facts}
        for number, facts in sorted(((part or {}).get("codes") or {}).items())
        if number.startswith(digits)
    ]
    if not found:
        raise invalid("code", f"{code} is not in the table in use.")
    return rows(found, ("code", "units", "description"), none="None.")


def _revision(text: str | None) -> str | None:
    found = text and revision_of(text)
    if text and not found:
        raise invalid("revision", f"{text!r} names no revision, as `2026 Revision 21` does.")
    return f"{found[0]} Revision {found[1]}" if found else None


def _day(text: str | None) -> str | None:
    try:
        return text and date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise invalid("effective", f"{text!r} is no day, as 2026-10-09 is.") from error


def table_in(path: Path) -> TariffTable:
    """The table in the file; refused whole when a line is not as it must be."""
    try:
        return read_table(path.read_bytes())
    except OSError as error:
        raise invalid("file", f"{path.name} cannot be read: {error.strerror}.") from error
    except BadTariffFile as error:
        raise Refused(
            ErrorCode.VALIDATION_ERROR,
            f"{path.name}, {error}; the table in use stays.",
            field="file",
            details={"line": error.line},
        ) from error
