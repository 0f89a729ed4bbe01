"""A thin client of the EntryGo export protocol: sync, plan, execute, inspect."""

from shpbndl._async.client import AsyncSHPBNDL
from shpbndl._sync.client import SHPBNDL
from shpbndl.errors import SHPBNDLError

__all__ = ["SHPBNDL", "AsyncSHPBNDL", "SHPBNDLError"]
