"""The tariff table in the store, in parts a plan can read alone.

`tariff_tables` holds, for each table, one document a heading:

    {_id: "<table>:<heading>", codes: {"<ten digits>": {units: [...], description: "..."}}}

and the pointer `{_id: "in_use", table, numbers, source, loaded_at}`. `table` is the SHA-256 of the
table's content. All parts are written before the pointer moves; former tables stay, since a plan
that is under way may still read them.
"""

from pathlib import Path
from typing import Any

from entrygo_operator.tariff_table import BadTariffFile, TariffTable, read_table
from shared.clock import timestamp
from shared.contracts.errors import ErrorCode
from shared.errors import Refused
from shared.records import TARIFF_TABLES
from shared.store import Document, Store

POINTER = "in_use"
PARTS_A_WRITE = 200
DIGITS = range(4, 11)


def table_in(path: Path) -> TariffTable:
    """The table in the file; refused whole when a line is not as it must be."""
    try:
        return read_table(path.read_bytes())
    except BadTariffFile as error:
        raise Refused(
            ErrorCode.VALIDATION_ERROR,
            f"{path.name}, {error}; the table in use stays.",
            field="file",
            details={"line": error.line},
        ) from error


async def load(store: Store, table: TariffTable, *, source: str) -> Document:
    """Makes it the table in use; loading it again changes nothing but the time."""
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
        "source": source,
        "loaded_at": timestamp(await store.now()),
    }
    await store.upsert_each(
        TARIFF_TABLES, [(POINTER, {"$set": pointer})], step="operator.use_tariff_table"
    )
    return pointer


async def numbers(store: Store, code: str) -> list[dict[str, Any]]:
    """The numbers of the table in use that begin with the code's digits."""
    digits = code.replace(".", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) in DIGITS):
        raise Refused(
            ErrorCode.VALIDATION_ERROR,
            f"{code!r} is no HTS number of 4 to 10 digits.",
            field="code",
        )
    pointer = await store.get(TARIFF_TABLES, POINTER)
    if pointer is None:
        raise Refused(ErrorCode.VALIDATION_ERROR, "No tariff table is loaded.", field="code")
    part = await store.get(TARIFF_TABLES, f"{pointer['table']}:{digits[:4]}")
    found = [
        {"code": number, **facts}
        for number, facts in sorted(((part or {}).get("codes") or {}).items())
        if number.startswith(digits)
    ]
    if not found:
        raise Refused(
            ErrorCode.VALIDATION_ERROR, f"{code} is not in the table in use.", field="code"
        )
    return found
