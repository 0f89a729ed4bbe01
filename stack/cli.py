"""The command line: python -m stack up | down | status | logs | env."""

import argparse
import json
import shlex
import sys
from collections.abc import Callable
from dataclasses import asdict

from stack import envfile, servers
from stack.output import StackError, bad, say
from stack.paths import StackFolder


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], None] = options.command
    try:
        command(options)
    except StackError as error:
        say(f"{bad('stack:')} {error}")
        return 1
    except KeyboardInterrupt:
        say("\nstopped; the same command goes on from here")
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stack", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, run: Callable[[argparse.Namespace], None], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text)
        command.set_defaults(command=run)
        command.add_argument("--name", default="demo", help="which stack (demo, test, bench)")
        return command

    up = add("up", _up, "start what is missing and wait until it is ready")
    up.add_argument("--servers-only", action="store_true", help="no services")
    down = add("down", _down, "end what runs")
    down.add_argument("--wipe", action="store_true", help="and remove the stack's data")
    env = add("env", _env, "print the addresses")
    env.add_argument("--json", action="store_true", help="as JSON instead of shell lines")
    return parser


def _up(options: argparse.Namespace) -> None:
    found = servers.up(options.name)
    say(f"servers of {options.name!r}: {found.versions} ({found.kind})")


def _down(options: argparse.Namespace) -> None:
    servers.down(options.name, wipe=options.wipe)


def _env(options: argparse.Namespace) -> None:
    found = servers.known(StackFolder(options.name))
    if options.json:
        json.dump(asdict(found), sys.stdout, indent=2)
        print()
    else:
        for name, value in envfile.variables(found).items():
            print(f"export {name}={shlex.quote(value)}")
