"""Pages printed as PDF: so many processes at once, each for one page, then gone (ADR 0022)."""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Final

from shared.errors import EntryGoError

# Rows of tables; a row is a line, an order, a sum or a note. Measured: docs/adr/0022.
MOST_ROWS: Final = 2_500
_KEPT: Final = (
    "PATH",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "HOME",
    "LANG",
)  # of the environment: no secret
_TOLD: Final = 500  # the end of what it said
_FONTS: Final = Path(__file__).with_name("fonts.conf")
_POLITE: Final = 10  # executes come first


class Unprintable(EntryGoError):
    """The page is larger than what is printed."""


class PrintingFailed(EntryGoError):
    """The page was not printed: a library is missing, or its process died."""


class Printer:
    def __init__(self, at_once: int, timeout: timedelta) -> None:
        self.slots = asyncio.Semaphore(at_once)
        self._seconds = timeout.total_seconds()

    async def __call__(self, page: bytes) -> bytes:
        """The PDF of a page; in a slot of `slots`, which the caller takes.

        Raises:
            Unprintable: it has too many rows, or took too long.
            PrintingFailed: for any other reason.
        """
        if (rows := page.count(b"<tr")) > MOST_ROWS:
            raise Unprintable(f"It has {rows} rows; {MOST_ROWS} are printed.")
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            *("nice", "-n", str(_POLITE), sys.executable, "-m", "executor.pdf"),
            env={**kept, "FONTCONFIG_FILE": str(_FONTS)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(self._seconds):
                pdf, said = await process.communicate(page)
        except TimeoutError as error:
            raise Unprintable(f"It takes longer than {self._seconds:.0f} seconds.") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode or not pdf.startswith(b"%PDF-"):
            told = said.decode(errors="replace").strip()[-_TOLD:]
            raise PrintingFailed(f"exit code {process.returncode}: {told}")
        return pdf
