"""The operator's command: sets up accounts, keys, warehouses, brokers; looks after exports."""

import logging
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

Context = Any  # of the click that typer carries

# Each with where it stands and its help. A module is imported when its command is typed, so that
# `--help` costs no driver.
COMMANDS: Final = {
    "find": (
        "find:finds",
        "What an id, a reference or a number belongs to; what to type.",
    ),
    "account": ("accounts:accounts", "Accounts: who exports."),
    "key": ("keys:keys", "API keys."),
    "publisher": ("publishers:publishers", "Publishers: services that publish orders."),
    "warehouse": ("parties:warehouses", "Warehouses: where shipments leave from."),
    "broker": ("parties:brokers", "Customs brokers: who files the entry."),
    "export": ("releases:exports", "Exports: look, resume, void, resubmit, confirm, release."),
    "plan": ("plans:plans", "Plans, explained."),
    "dlq": ("dead_letters:letters", "Dead letters: messages that could not be handled."),
    "tariff": ("tariffs:tariffs", "The tariff table that HTS numbers are checked by."),
    "backup": ("backup:backups", "Backups: create, verify, restore."),
    "purge": ("purge:purges", "Delete what nobody needs any more."),
    "check": ("check:checks", "Say what should always hold and does not."),
    "doctor": ("doctor:doctors", "Look at everything; what to type next, one line each."),
}


def command_named(name: str) -> Any:  # noqa: ANN401  # a command of the click that typer carries
    place, told = COMMANDS[name]
    module, attribute = place.split(":")
    group: typer.Typer = getattr(import_module(f"entrygo_operator.{module}"), attribute)
    group.rich_markup_mode = app.rich_markup_mode
    alone = [command.name for command in group.registered_commands] == [name]
    found: Any = get_command(group) if alone else get_group(group)
    found.help = found.help or told
    return found


class Lazily(TyperGroup):
    """The commands of `COMMANDS`."""

    def list_commands(self, _ctx: Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: Context, cmd_name: str) -> Any:  # noqa: ANN401  # as above
        return command_named(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, _ctx: Context, formatter: Any) -> None:  # noqa: ANN401  # as above
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in COMMANDS.items()])


app = typer.Typer(
    cls=Lazily,
    name="entrygo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # in a box, long options would be cut off
    help="EntryGo for operators. Every command takes --json. Addresses: ENTRYGO_... variables.",
)


@app.callback()
def entrygo() -> None:
    """Typer wants one; the commands are Lazily's."""


def main() -> None:
    # Failures are told once, as the error envelope; what libraries log on the way is not for here.
    logging.basicConfig(handlers=[logging.NullHandler()])
    app()
