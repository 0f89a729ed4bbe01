"""The operator's command: sets up accounts, keys, warehouses, brokers; looks after exports."""

import logging

import typer

from entrygo_operator.accounts import accounts
from entrygo_operator.backup import backups
from entrygo_operator.check import check
from entrygo_operator.command import command
from entrygo_operator.dead_letters import letters
from entrygo_operator.doctor import doctor
from entrygo_operator.exports import exports
from entrygo_operator.keys import keys
from entrygo_operator.parties import brokers, warehouses
from entrygo_operator.plans import plans
from entrygo_operator.publishers import publishers
from entrygo_operator.purge import purge
from entrygo_operator.releases import release
from entrygo_operator.tariffs import tariffs

app = typer.Typer(
    name="entrygo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # in a box, long options would be cut off
    help="EntryGo for operators. Every command takes --json. Addresses: ENTRYGO_... variables.",
)
app.add_typer(accounts, name="account")
app.add_typer(keys, name="key")
app.add_typer(publishers, name="publisher")
app.add_typer(warehouses, name="warehouse")
app.add_typer(brokers, name="broker")
app.add_typer(exports, name="export")
command(exports, "release")(release)
app.add_typer(plans, name="plan")
app.add_typer(letters, name="dlq")
app.add_typer(tariffs, name="tariff")
app.add_typer(backups, name="backup")
command(app, "check")(check)
command(app, "doctor")(doctor)
command(app, "purge")(purge)


def main() -> None:
    # Failures are told once, as the error envelope; what libraries log on the way is not for here.
    logging.basicConfig(handlers=[logging.NullHandler()])
    app()
