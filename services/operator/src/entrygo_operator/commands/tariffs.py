"""`entrygo tariff`."""

from pathlib import Path
from typing import Annotated

import typer

from entrygo_operator import tariffs
from entrygo_operator.output import AsJson, print_record, print_rows
from entrygo_operator.session import Session, run
from shared.store import Document

app = typer.Typer(no_args_is_help=True, help="The tariff table that HTS numbers are checked by.")


@app.command()
def load(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The USITC's CSV.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Take a published table into use; a bad file is refused whole."""

    async def work(session: Session) -> Document:
        return await tariffs.load(session.store, tariffs.table_in(file), source=file.name)

    print_record(run(work), as_json=as_json)


@app.command()
def show(
    code: Annotated[str, typer.Argument(help="4 to 10 digits, with or without dots.")],
    *,
    as_json: AsJson = False,
) -> None:
    """The number with its unit of quantity, or all numbers under a shorter code."""
    rows = run(lambda session: tariffs.numbers(session.store, code))
    print_rows(rows, ("code", "units", "description"), as_json=as_json, none="None.")
