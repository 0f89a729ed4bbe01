"""How immutable bytes are kept: one document under their SHA-256, compressed where large."""

import asyncio
from typing import Final

import zstandard

from shared.canonical import sha256_hex
from shared.errors import BlobCorrupt, BlobTooLarge
from shared.records import Blob

COMPRESS_FROM: Final = 64 * 1024
MAX_BYTES: Final = 15 * 1024 * 1024  # compressed; a document holds 16 MiB
_MAX_EXPANDED: Final = 512 * 1024 * 1024


async def packed(data: bytes) -> Blob:
    """The bytes as they are stored.

    Raises:
        BlobTooLarge: for more than 15 MiB after compression.
    """
    blob = Blob(_id=sha256_hex(data), encoding="identity", data=data)
    if len(data) >= COMPRESS_FROM:
        blob["encoding"] = "zstd"
        blob["data"] = await asyncio.to_thread(zstandard.compress, data, 3)
    if len(blob["data"]) > MAX_BYTES:
        raise BlobTooLarge(f"{len(blob['data'])} bytes compressed")
    return blob


async def unpacked(digest: str, blob: Blob | None) -> bytes:
    """The bytes with this SHA-256, checked.

    Raises:
        BlobCorrupt: when they are missing or are other bytes.
    """
    if blob is None:
        raise BlobCorrupt(f"blob {digest} is missing")
    data = bytes(blob["data"])
    if blob["encoding"] == "zstd":
        try:
            data = await asyncio.to_thread(_decompress, data)
        except zstandard.ZstdError as error:
            raise BlobCorrupt(f"blob {digest} cannot be unpacked") from error
    if sha256_hex(data) != digest:
        raise BlobCorrupt(f"blob {digest} holds other bytes")
    return data


def _decompress(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompress(data, max_output_size=_MAX_EXPANDED)
