"""How immutable bytes are kept: one document under their SHA-256, compressed where large."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import zstandard

from shared.canonical import sha256_hex
from shared.errors import BlobCorrupt, BlobTooLarge, Duplicate
from shared.packing import MAX_EXPANDED, unpack
from shared.records import Blob
from shared.steps import durable_step

COMPRESS_FROM: Final = 64 * 1024
MAX_BYTES: Final = 15 * 1024 * 1024  # compressed; a document holds 16 MiB


class Blobs(ABC):
    """The store's verbs for blobs, on those it has for documents."""

    async def put_blob(self, data: bytes, *, step: str) -> str:
        """Stores the bytes and gives their SHA-256 in hex.

        Raises:
            BlobTooLarge: for more than 15 MiB after compression.
        """
        return (await self.put_blobs((data,), step=step))[0]

    async def put_blobs(self, parts: Sequence[bytes], *, step: str) -> list[str]:
        """As `put_blob` for each, in one round trip; where it fails, some may be stored."""
        blobs = [await packed(data) for data in parts]
        with durable_step(step):
            await asyncio.gather(*map(self._put, blobs))
        return [blob["_id"] for blob in blobs]

    async def get_blob(self, digest: str) -> bytes:
        """The bytes with this SHA-256, checked.

        Raises:
            BlobCorrupt: when they are missing or are other bytes.
        """
        return (await self.get_blobs((digest,)))[digest]

    async def get_blobs(self, digests: Iterable[str]) -> dict[str, bytes]:
        """As `get_blob` for each, by digest, in one round trip."""
        wanted = frozenset(digests)
        found = await self._blobs(wanted)
        return {digest: await unpacked(digest, found.get(digest)) for digest in wanted}

    async def _put(self, blob: Blob) -> None:
        """Where these very bytes are there, they stay: a purge may be about to let them go."""
        stays = False
        while not stays:
            try:
                return await self._insert_blob(blob)
            except Duplicate:
                stays = await self._keep_blob(blob["_id"])
        return None

    @abstractmethod
    async def _blobs(self, digests: Iterable[str]) -> Mapping[str, Blob]:
        """Those that are stored, by digest, in one round trip."""

    @abstractmethod
    async def _insert_blob(self, blob: Blob) -> None:
        """Shares its round trip with those under way together; `Duplicate` when it is there."""

    @abstractmethod
    async def _keep_blob(self, digest: str) -> bool:
        """Whether it is there, and not marked as unused any more."""


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
            small = len(data) < COMPRESS_FROM  # expanded sooner than a thread is handed it
            data = unpack(data) if small else await asyncio.to_thread(_apart, data)
        except zstandard.ZstdError as error:
            raise BlobCorrupt(f"blob {digest} cannot be unpacked") from error
    if sha256_hex(data) != digest:
        raise BlobCorrupt(f"blob {digest} holds other bytes")
    return data


def _apart(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompress(data, max_output_size=MAX_EXPANDED)
