"""A thin client of the EntryGo export protocol: sync, plan, execute, inspect."""

from shpbndl.client import SHPBNDL
from shpbndl.errors import SHPBNDLError

__all__ = ["SHPBNDL", "SHPBNDLError"]
