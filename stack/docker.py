"""The same stack through docker compose, where an engine and the images can be had."""

import json
import os
import subprocess
from collections.abc import Mapping
from typing import Any

from stack import metrics, ports
from stack.output import StackError, say, step, table
from stack.paths import REPOSITORY, StackFolder
from stack.ports import Ports

# Each with the ports it publishes.
SERVERS = {
    "rabbitmq": ("amqp", "management"),
    "mongo": ("mongo",),
    "mailpit": ("smtp", "mailpit"),
}
SECRETS = "secrets"
# What docker-compose.yml and the Dockerfile ask of the engine: Docker 25 brought start_interval.
ENGINE_API = (1, 44)
PROBE_SECONDS = 15
PULL_PROBE_SECONDS = 20
PULL_SECONDS = 900
START_SECONDS = 180
_ASK_METRICS = (
    "import urllib.request as u; print(u.urlopen('http://127.0.0.1:3001/metrics').read().decode())"
)


def unusable() -> str | None:
    """Why Docker cannot be used here; None when it can."""
    return _no_engine() or next(filter(None, map(_no_image, _images())), None)


def servers_up(folder: StackFolder, numbers: Ports) -> str:
    """The three servers are healthy; returns their images."""
    running = _running(folder)
    missing = [one for one in SERVERS if one not in running]
    ports.require_free(
        [
            (numbers[what], f"{one} {what}", numbers.setting(what))
            for one in missing
            for what in SERVERS[one]
        ]
    )
    with step(f"docker compose: {', '.join(SERVERS)}"):
        _compose(folder, numbers, "up", "-d", "--wait", *SERVERS)
    return ", ".join(_images())


def passwords(command: list[str]) -> dict[str, str]:
    """What the operator may know, by name, of the project that the command names."""
    told = _output([*command, "run", "--rm", "--no-deps", "-T", SECRETS, "show"])
    if not told:
        raise StackError("docker compose: the passwords cannot be read")
    return {str(name): str(value) for name, value in json.loads(told).items()}


def project(folder: StackFolder) -> list[str]:
    return _command(folder, [])


def services_up(folder: StackFolder, numbers: Ports, counts: Mapping[str, int]) -> None:
    scale = [word for name, count in counts.items() for word in ("--scale", f"{name}={count}")]
    gateways = max(counts.get("gateway", 1), 1)
    wanted = set(range(numbers["gateway"], numbers["gateway"] + gateways))
    ports.require_free(
        [(port, "gateway", numbers.setting("gateway")) for port in sorted(wanted - _held(folder))]
    )
    with step("docker compose: the services (built first where they changed)"):
        words = ("up", "-d", "--build", "--wait", *scale, *counts)
        _compose(folder, numbers, *words, gateways=gateways)


def down(folder: StackFolder, numbers: Ports, *, wipe: bool) -> None:
    with step("docker compose: stopping"):
        _compose(folder, numbers, "down", *(["--volumes"] if wipe else []))


def show(folder: StackFolder) -> bool:
    """A line for each container; false when one that should run does not."""
    rows = []
    for one in _containers(folder):
        if one["Service"] == SECRETS:  # it ends when it is done
            continue
        row = {"what": one["Name"], "state": one["State"], "ready": one.get("Health") or "-"}
        if one["Service"] not in SERVERS and one["State"] == "running":
            row["handled"] = _handled(one["Name"], one["Service"])
        rows.append(row)
    print(table(rows, ["what", "state", "ready", "handled"]))
    return bool(rows) and all(row["ready"] == "healthy" for row in rows)


def logs(folder: StackFolder, service: str | None, lines: int, *, follow: bool) -> None:
    words = ["logs", "--tail", str(lines), *(["--follow"] if follow else []), *_of(service)]
    subprocess.run(_command(folder, words), env=_environment(ports.of(folder.name)), check=False)


def _no_engine() -> str | None:
    for command in (["docker", "info"], ["docker", "compose", "version"]):
        if not _succeeds(command, PROBE_SECONDS):
            return f"`{' '.join(command)}` fails"
    if _engine_api() < ENGINE_API:
        return "the engine is older than Docker 25"
    if not _succeeds([*_file(), "config", "-q"], PROBE_SECONDS):
        return "its compose plugin does not take docker-compose.yml: it may be too old"
    return None


def _no_image(image: str) -> str | None:
    """Why there is none; None when it is there, pulled if need be."""
    if _succeeds(["docker", "image", "inspect", image], PROBE_SECONDS):
        return None
    if not _succeeds(["docker", "manifest", "inspect", image], PULL_PROBE_SECONDS):
        return f"the image {image} is not there and cannot be pulled"
    with step(f"pulling {image}"):
        if not _succeeds(["docker", "pull", "-q", image], PULL_SECONDS):
            return f"pulling {image} failed"
    return None


def _of(service: str | None) -> list[str]:
    """All of it, a service's, or (planner-2) one replica's."""
    name, _, number = (service or "").rpartition("-")
    if name and number.isdecimal():
        return ["--index", number, name]
    return [service] if service else []


def _engine_api() -> tuple[int, ...]:
    version = _output(["docker", "version", "--format", "{{.Server.APIVersion}}"]).strip()
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _handled(container: str, service: str) -> str:
    done = _output(["docker", "exec", container, "python", "-c", _ASK_METRICS])
    counter = metrics.COUNTERS.get(service, metrics.WORKER_COUNTER)
    return str(metrics.total(done, counter)) if done else "?"


def _running(folder: StackFolder) -> set[str]:
    return {one["Service"] for one in _containers(folder) if one["State"] == "running"}


def _held(folder: StackFolder) -> set[int]:
    """The ports that the stack's own gateways have now."""
    gateways = [one for one in _containers(folder) if one["Service"] == "gateway"]
    return {int(port["PublishedPort"]) for one in gateways for port in one["Publishers"] or []}


def _containers(folder: StackFolder) -> list[dict[str, Any]]:
    listing = _output(_command(folder, ["ps", "--all", "--format", "json"]))
    # One array in older versions, one object a line in newer ones.
    if listing.lstrip().startswith("["):
        return list(json.loads(listing))
    return [json.loads(line) for line in listing.splitlines()]


def _images() -> list[str]:
    """Of the servers, and Python's, which the services' are built on."""
    listing = _output([*_file(), "config", "--images", SECRETS, *SERVERS])
    return sorted(line for line in set(listing.split()) if not line.startswith("entrygo-"))


def _compose(folder: StackFolder, numbers: Ports, *words: str, gateways: int = 1) -> None:
    done = subprocess.run(
        _command(folder, list(words)),
        env=_environment(numbers, gateways),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        end = "\n".join(done.stderr.splitlines()[-20:])
        raise StackError(f"docker compose {words[0]} failed:\n{end}")


def _file() -> list[str]:
    return ["docker", "compose", "-f", str(REPOSITORY / "docker-compose.yml")]


def _command(folder: StackFolder, words: list[str]) -> list[str]:
    return [*_file(), "-p", f"entrygo-{folder.name}", *words]


def _environment(numbers: Ports, gateways: int = 1) -> dict[str, str]:
    """The names that docker-compose.yml reads."""
    first = numbers["gateway"]
    return {
        **os.environ,
        "ENTRYGO_GATEWAY_PORTS": str(first) if gateways == 1 else f"{first}-{first + gateways - 1}",
        "ENTRYGO_AMQP_PORT": str(numbers["amqp"]),
        "ENTRYGO_MANAGEMENT_PORT": str(numbers["management"]),
        "ENTRYGO_MONGO_PORT": str(numbers["mongo"]),
        "ENTRYGO_SMTP_PORT": str(numbers["smtp"]),
        "ENTRYGO_MAILPIT_PORT": str(numbers["mailpit"]),
    }


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=START_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _succeeds(command: list[str], seconds: float) -> bool:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=seconds
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        say(f"  {' '.join(command)}: {type(error).__name__}")
        return False
    return done.returncode == 0
