"""Writes the OpenAPI document: `python -m gateway.write_openapi docs/openapi.json`.

The committed file is what the running gateway serves; a test holds the two together.
"""

import sys
from pathlib import Path

from gateway.app import create_app
from gateway.openapi import render
from gateway.settings import Settings


def main(target: str) -> None:
    Path(target).write_bytes(render(create_app(Settings())))


if __name__ == "__main__":
    main(sys.argv[1])
