"""Where the demo runs: the stack's addresses, the operator's command, and checks that must hold."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

REPOSITORY = Path(__file__).resolve().parent.parent
DATA = Path(__file__).resolve().parent / "data"
NEEDED = ("ENTRYGO_GATEWAY_URL", "ENTRYGO_MONGO_URL", "ENTRYGO_MAILPIT_URL")

console = Console(highlight=False)


class NotAsItShouldBe(Exception):
    """The demo found something wrong; the message says what."""


def require(condition: object, what: str) -> None:
    if not condition:
        raise NotAsItShouldBe(what)


def title(number: int, text: str) -> None:
    console.print(f"\n[bold cyan]{number}. {text}[/]")


def told(text: str) -> None:
    console.print(f"   {text}", soft_wrap=True)


def load(name: str) -> Any:  # noqa: ANN401  # any JSON value
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def addresses() -> dict[str, str]:
    """The environment, with what the running stack knows where nothing is set."""
    found = dict(os.environ)
    if all(name in found for name in NEEDED):
        return found
    stack = found.get("ENTRYGO_STACK_NAME", "demo")
    asked = subprocess.run(  # noqa: S603  # our own package, fixed words
        [sys.executable, "-m", "stack", "env", "--name", stack],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = re.findall(r"^export (\w+)='?(.*?)'?$", asked.stdout, re.MULTILINE)
    found |= {name: value for name, value in lines if name not in found}
    missing = [name for name in NEEDED if name not in found]
    require(not missing, f"no stack is up (`make up`): {', '.join(missing)} not known")
    return found


class Operator:
    """The `entrygo` command, as an operator runs it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._command = Path(sys.executable).with_name("entrygo")

    def __call__(self, *words: str) -> dict[str, Any]:
        done = subprocess.run(  # noqa: S603  # our own command; no shell reads the words
            [str(self._command), *words, "--json"],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        require(done.returncode == 0, f"entrygo {' '.join(words[:2])}: {done.stderr.strip()}")
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


class Mailbox:
    """The mail catcher's boxes, by address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, timeout=10)

    def letters_to(self, address: str) -> list[dict[str, Any]]:
        answer = self._http.get("/api/v1/search", params={"query": f'to:"{address}"'})
        answer.raise_for_status()
        letters: list[dict[str, Any]] = answer.json()["messages"]
        return letters
