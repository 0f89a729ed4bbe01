"""What a stack was last asked to be, so that a repeated `up` keeps it."""

import json
from dataclasses import dataclass, field
from typing import Any

from stack import secrets
from stack.paths import StackFolder


@dataclass(frozen=True)
class State:
    addresses: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    gateway_port: int | None = None


def load(folder: StackFolder) -> State:
    """Empty where nothing is known, or a write was cut short by a kill."""
    try:
        return State(**json.loads(folder.state.read_text()))
    except (OSError, ValueError, TypeError):
        return State()


def save(folder: StackFolder, state: State) -> None:
    secrets.write_private(folder.state, json.dumps(vars(state), indent=2))
