"""Where the size of the work is a caller's choice, and so not the event loop's to do.

A thread shares the interpreter with the loop, which gets its turn every millisecond
(`SWITCH_SECONDS`) wherever Python code runs: validators of ours do, in all that pydantic does here.
"""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

LARGE: Final = 256 * 1024  # bytes of JSON: some 10 ms of work
SWITCH_SECONDS: Final = 0.001

Result = TypeVar("Result")


async def apart(size: int, work: Callable[[], Result]) -> Result:
    """What the work gives; in a thread where it is over so many bytes that others would wait.

    Raises:
        MemoryError: where there is no room for it, also where pydantic's core finds so.
    """
    return work() if size < LARGE else await asyncio.to_thread(_within_memory, work)


def _within_memory(work: Callable[[], Result]) -> Result:
    try:
        return work()
    except BaseException as error:
        # A panic of Rust is no Exception, so that nobody would answer; nor can it be imported.
        if type(error).__name__ == "PanicException":
            raise MemoryError from error
        raise
