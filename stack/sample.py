"""An account to try things with, so that the first request can be pasted."""

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from stack import envfile, probes, secrets
from stack.output import faint, say
from stack.paths import REPOSITORY, StackFolder
from stack.servers import Addresses

SECONDS = 30
BROKER = {
    "name": "Sample Customs Brokers",
    "email": "entries@broker.example",
    "filer-code": "SCB",
}


@dataclass(frozen=True)
class Sample:
    account: str
    warehouse: str
    broker: str
    key: str


def tell(folder: StackFolder, addresses: Addresses, gateway: str) -> None:
    """Prints the sample account's ids, its key and a request that works."""
    try:
        sample = _known(folder, gateway) or _make(folder, addresses)
    except (OSError, subprocess.SubprocessError, KeyError, ValueError) as error:
        say(faint(f"  no sample account could be made: {_reason(error)}"))
        return
    say("To paste:")
    for name, value in asdict(sample).items():
        say(f"  {name}={value}")
    say(f'  curl -s -H "Authorization: Bearer {sample.key}" {gateway}/api/account')


def _known(folder: StackFolder, gateway: str) -> Sample | None:
    """The one made before, if the store still has it."""
    found = probes.read_json(folder.path / "sample.json")
    try:
        sample = Sample(**{name: str(value) for name, value in found.items()})
    except TypeError:
        return None
    asked = urllib.request.Request(  # noqa: S310  # the scheme is ours
        f"{gateway}/api/account", headers={"Authorization": f"Bearer {sample.key}"}
    )
    try:
        with probes.direct.open(asked, timeout=probes.DEADLINE):
            return sample
    except urllib.error.HTTPError:
        return None


def _make(folder: StackFolder, addresses: Addresses) -> Sample:
    made = _entrygo(addresses, ["account", "create", "Sample Exporter", "--test"], {})
    account, warehouse = made["id"], made["warehouses"][0]["id"]
    of = ["--account", account]
    broker = _entrygo(addresses, ["broker", "create", *of], BROKER)["id"]
    key = _entrygo(addresses, ["key", "create", *of], {})["key"]
    sample = Sample(account, warehouse, broker, key)
    # The key is shown once by its maker, and is nobody else's to read.
    secrets.write_private(folder.path / "sample.json", json.dumps(asdict(sample)))
    return sample


def _entrygo(addresses: Addresses, words: list[str], options: Mapping[str, str]) -> dict[str, Any]:
    given = [word for name, value in options.items() for word in (f"--{name}", value)]
    done = subprocess.run(
        [str(REPOSITORY / ".venv/bin/entrygo"), *words, *given, "--json"],
        env={**os.environ, **envfile.variables(addresses, "operator")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=SECONDS,
    )
    return dict(json.loads(done.stdout))


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return " ".join(str(error.stderr).split())[-300:]
    return str(error)
