"""The logs of a stack."""

import subprocess

from stack import docker, state
from stack.output import StackError
from stack.paths import StackFolder


def show(folder: StackFolder, service: str | None, lines: int, *, follow: bool) -> None:
    """Of one process, of all replicas of a service, or of everything."""
    if state.load(folder).addresses.get("kind") == "docker":
        docker.logs(folder, service, lines, follow=follow)
        return
    found = sorted(folder.logs.glob("*.log"))
    if service is not None:
        found = [
            log for log in found if log.stem == service or log.stem.rpartition("-")[0] == service
        ]
    if not found:
        raise StackError(f"no logs{f' of {service}' if service else ''} in {folder.logs}")
    tail = ["tail", "-n", str(lines), *(["-F"] if follow else [])]
    subprocess.run([*tail, *map(str, found)], check=False)
