"""Some kilobytes made small in line: less work than handing them to a thread, or to the store.

On the event loop alone: a packer is not for two threads at once.
"""

from typing import Final

import zstandard

MAX_EXPANDED: Final = 512 * 1024 * 1024
_packer: Final = zstandard.ZstdCompressor(level=1)
_unpacker: Final = zstandard.ZstdDecompressor()


def pack(data: bytes) -> bytes:
    return _packer.compress(data)


def unpack(data: bytes) -> bytes:
    """Raises `zstandard.ZstdError` for what is none, or would be more than half a gigabyte."""
    return _unpacker.decompress(data, max_output_size=MAX_EXPANDED)
