"""Where things are kept: everything outside the repository, under one cache folder."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from stack.output import StackError

REPOSITORY = Path(__file__).resolve().parent.parent


def cache() -> Path:
    given = os.environ.get("ENTRYGO_CACHE")
    return Path(given).absolute() if given else Path.home() / ".cache" / "entrygo"


def native() -> Path:
    """The Debian root with the servers, shared by all stacks, and what tells of it."""
    return cache() / "native"


@dataclass(frozen=True)
class StackFolder:
    """One named stack's own folder."""

    name: str

    def __post_init__(self) -> None:
        # The name becomes part of paths, node names and compose projects.
        if not re.fullmatch(r"[a-z][a-z0-9]{0,19}", self.name):
            raise StackError(f"{self.name!r} is no stack name: use a to z and 0 to 9, letter first")

    @property
    def path(self) -> Path:
        return cache() / "stacks" / self.name

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def pids(self) -> Path:
        return self.path / "pids"

    @property
    def state(self) -> Path:
        return self.path / "state.json"

    @property
    def env_file(self) -> Path:
        return self.path / "env"

    @property
    def supervisor(self) -> Path:
        return self.pids / "supervisor.json"

    @property
    def restarts(self) -> Path:
        return self.path / "restarts.json"

    def make(self) -> None:
        """Nobody else's to look into, also where an earlier version made it."""
        for folder in (self.path, self.data, self.logs, self.pids):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
