"""Writes beside each image's tag the digest that the registry has for it now."""

import re
import subprocess
from pathlib import Path
from typing import Final

from stack.output import StackError, say
from stack.paths import REPOSITORY

FILES: Final = ("docker-compose.yml", "Dockerfile")
# `image: mongo:8` and `ARG PYTHON=3.13-slim`, with or without a digest; our own are built here.
_NAMED: Final = re.compile(
    r"^(?P<before>\s*(?:image: |ARG PYTHON=))"
    r"(?P<tag>(?!entrygo-)[^\s@]+)(?:@sha256:[0-9a-f]{64})?$",
    re.MULTILINE,
)
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_SECONDS: Final = 60


def fill(repository: Path = REPOSITORY) -> None:
    """Each is asked before the first is written: all of them, or none."""
    texts = {name: (repository / name).read_text() for name in FILES}
    filled = {name: _NAMED.sub(_with_digest, text) for name, text in texts.items()}
    for name, text in filled.items():
        (repository / name).write_text(text)


def _with_digest(found: re.Match[str]) -> str:
    tag = found["tag"]
    image = f"python:{tag}" if "PYTHON" in found["before"] else tag
    command = ["docker", "buildx", "imagetools", "inspect", image]
    try:
        done = subprocess.run(
            [*command, "--format", "{{.Manifest.Digest}}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StackError(f"{image}: no registry was reached ({type(error).__name__})") from error
    if not _DIGEST.fullmatch(digest := done.stdout.strip()):
        raise StackError(f"{image}: no registry gave its digest: {done.stderr.strip()[-200:]}")
    say(f"{image}  {digest}")
    return f"{found['before']}{tag}@{digest}"
