"""All rules, by id: every decorated check of the files in this folder.

The flags, R29 and R33, are no rules of this list: they lower nothing (planner.domain.flags).
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from planner.domain.rules.base import Rule

_FILES = [import_module(f"{__name__}.{file.name}") for file in iter_modules(__path__)]

RULES: Final[tuple[Rule, ...]] = tuple(
    sorted(
        (rule for file in _FILES for rule in vars(file).values() if isinstance(rule, Rule)),
        key=lambda rule: rule.id,
    )
)
