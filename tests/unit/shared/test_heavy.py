"""Work that is large: where it is done, and what it raises."""

import threading

import pytest

from shared.heavy import LARGE, apart


class PanicException(BaseException):  # the name that PyO3 gives it
    pass


async def test_a_panic_for_want_of_memory_is_told_as_one() -> None:
    def panics() -> None:
        raise PanicException("PyObject pointer is null")

    with pytest.raises(MemoryError):
        await apart(LARGE, panics)


async def test_what_else_large_work_raises_is_raised() -> None:
    def fails() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await apart(LARGE, fails)


async def test_only_large_work_leaves_the_loop() -> None:
    assert await apart(LARGE - 1, threading.get_ident) == threading.get_ident()
    assert await apart(LARGE, threading.get_ident) != threading.get_ident()
