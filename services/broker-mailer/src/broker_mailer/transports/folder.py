"""A folder as a mailbox: one `.eml` file a mail, for tests and where a person picks the mail up."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from broker_mailer.transports.base import OutboundMail, RefusedForNow

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]")


class FolderTransport:
    channel: Final = "FOLDER"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @asynccontextmanager
    async def open(self) -> AsyncIterator["FolderSession"]:
        yield FolderSession(self._folder)


class FolderSession:
    max_size: Final = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def offer(self, mail: OutboundMail) -> None:
        """A mail is accepted where its file can be written."""
        try:
            await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        except OSError as error:
            raise RefusedForNow(f"{mail.message_id}: {error}") from error

    async def send(self, mail: OutboundMail) -> None:
        """Named by the Message-ID: a mail that is dropped twice is there once."""
        name = _UNSAFE.sub("_", mail.message_id.strip("<>"))
        try:
            await asyncio.to_thread(_drop, self._folder / f"{name}.eml", mail.data)
        except OSError as error:
            raise RefusedForNow(f"{mail.message_id}: {error}") from error


def _drop(path: Path, data: bytes) -> None:
    """Whole or not at all, and on the disk when it returns."""
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
