"""The operator's command: sets up accounts, keys, warehouses, brokers; looks after exports."""

import logging

import typer

from entrygo_operator.commands import dead_letters, exports, keys, parties, tariffs

app = typer.Typer(
    name="entrygo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # in a box, long options would be cut off
    help="EntryGo for operators. Every command takes --json. Addresses: ENTRYGO_... variables.",
)
app.add_typer(parties.accounts, name="account")
app.add_typer(keys.keys, name="key")
app.add_typer(parties.warehouses, name="warehouse")
app.add_typer(parties.brokers, name="broker")
app.add_typer(exports.app, name="export")
app.add_typer(exports.plan_app, name="plan")
app.add_typer(dead_letters.app, name="dlq")
app.add_typer(tariffs.app, name="tariff")


def main() -> None:
    # Failures are told once, as the error envelope; what libraries log on the way is not for here.
    logging.basicConfig(handlers=[logging.NullHandler()])
    app()
