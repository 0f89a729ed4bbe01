"""The command line: python -m stack up | down | status | logs | env | setup."""

import argparse
import json
import shlex
import sys
from collections.abc import Callable
from dataclasses import asdict

from stack import apt, digests, envfile, logs, servers, setup, state, status, whole
from stack.output import StackError, bad, say
from stack.paths import StackFolder
from stack.replicas import MOST


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except StackError as error:
        say(f"{bad('stack:')} {error}")
        return 1
    except KeyboardInterrupt:
        say("\nstopped; the same command goes on from here")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stack", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(
        name: str, run: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text)
        command.set_defaults(command=run)
        command.add_argument("--name", default="demo", help="which stack (demo, test, bench)")
        return command

    up = add("up", _up, "start what is missing, rescale, and wait until all is ready")
    up.add_argument("--servers-only", action="store_true", help="no services")
    up.add_argument("--port", type=int, help="of the (first) gateway")
    for service, plural in whole.PLURALS.items():
        up.add_argument(f"--{plural}", type=_count, dest=service, metavar="N")
    down = add("down", _down, "end what runs")
    down.add_argument("--wipe", action="store_true", help="and remove the stack's data")
    add("status", _status, "what runs, where, and what it has handled")
    add("setup", _setup, "make .venv with the pinned packages")
    add("digests", _digests, "write each image's digest beside its tag")
    add("test-tools", _test_tools, "get what the suite looks at pages and alerts with")
    log = add("logs", _logs, "the end of the logs")
    log.add_argument("service", nargs="?", help="planner, planner-1, rabbitmq, ...")
    log.add_argument("--lines", type=int, default=20)
    log.add_argument("--follow", action="store_true", help="and what comes, until Ctrl-C")
    env = add("env", _env, "print the addresses")
    env.add_argument("--json", action="store_true", help="as JSON instead of shell lines")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to {MOST}")
    return int(text)


def _up(options: argparse.Namespace) -> int:
    folder = StackFolder(options.name)
    if options.servers_only:
        found = servers.up(options.name)
        say(f"servers of {options.name!r}: {found.versions} ({found.kind})")
        return 0
    asked = {service: getattr(options, service) for service in whole.PLURALS}
    counts = {service: count for service, count in asked.items() if count is not None}
    whole.up(folder, counts, options.port)
    return 0


def _down(options: argparse.Namespace) -> int:
    whole.down(StackFolder(options.name), wipe=options.wipe)
    return 0


def _status(options: argparse.Namespace) -> int:
    return 0 if status.show(StackFolder(options.name)) else 1


def _setup(_: argparse.Namespace) -> int:
    setup.ensure()
    return 0


def _digests(_: argparse.Namespace) -> int:
    digests.fill()
    return 0


def _test_tools(_: argparse.Namespace) -> int:
    apt.ensure_test_tools()
    return 0


def _logs(options: argparse.Namespace) -> int:
    folder = StackFolder(options.name)
    logs.show(folder, options.service, options.lines, follow=options.follow)
    return 0


def _told(folder: StackFolder, found: servers.Addresses) -> dict[str, str]:
    return envfile.variables(found, envfile.OPERATOR, state.load(folder).gateway_port)


def _env(options: argparse.Namespace) -> int:
    folder = StackFolder(options.name)
    found = servers.known(folder)
    if options.json:
        json.dump(asdict(found), sys.stdout, indent=2)
        print()
    else:
        for name, value in _told(folder, found).items():
            print(f"export {name}={shlex.quote(value)}")
    return 0
