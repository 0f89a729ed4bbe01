"""The command `shpbndl`: one verb, `import`."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from shpbndl import SHPBNDL, SHPBNDLError
from shpbndl._sync.client import BASE_URL
from shpbndl.importing import run
from shpbndl.importing.tables import Unreadable

UNREADABLE, FAILED = 2, 3
EPILOG = """\
The key comes from ENTRYGO_API_KEY, the address from ENTRYGO_API_URL or --url.
The report is tab-separated: row, what, reference, why. Exit: 0 all orders are there, 1 some were
refused, 2 nothing was sent (a file, the map or an argument is wrong), 3 the API refused or did not
answer: type the same command again, which is free."""


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    key = os.environ.get("ENTRYGO_API_KEY")
    if not key:
        print("ENTRYGO_API_KEY is not set; `make demo` prints one", file=sys.stderr)
        return UNREADABLE
    try:
        with SHPBNDL(key, given.url) as client:
            return run.run(client, given)
    except (Unreadable, ValueError) as error:
        print(error, file=sys.stderr)
        return UNREADABLE
    except SHPBNDLError as error:
        print(error, file=sys.stderr)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="shpbndl")
    parser.add_argument("--version", action="version", version=version("shpbndl"))
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    add = verbs.add_parser(
        "import",
        help="a shop's orders, from its CSV export",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add.add_argument("orders", type=Path, help="the shop's export of orders")
    add.add_argument(
        "--map", required=True, metavar="MAP", help="shopify, woocommerce, or a file of your own"
    )
    add.add_argument("--products", type=Path, metavar="CSV", help="the shop's inventory")
    add.add_argument("--currency", metavar="USD", help="where no column says it")
    add.add_argument("--dry-run", action="store_true", help="say what would be done, write nothing")
    url = os.environ.get("ENTRYGO_API_URL", BASE_URL)
    add.add_argument("--url", default=url, help="the gateway (%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
