"""How a plan's bytes are kept: in the verdict that made it, or as blobs where they are large.

So a plan of a few orders is one document, written at once. Plans of older versions are blobs, all.
"""

from collections.abc import Mapping
from typing import Any, Final

from shared import blobs
from shared.contracts.exports import INLINE_VIEW_BYTES
from shared.contracts.lifecycle import CurrentPlan
from shared.packing import pack
from shared.records import PLANS, Blob
from shared.store import Store

INLINE_SNAPSHOT_BYTES: Final = 256 * 1024


def inline(snapshot: bytes, view: bytes) -> dict[str, bytes] | None:
    """The fields of the verdict that hold them; None when they are to be blobs.

    A view that is too large for the reply is a blob: whoever gets the reply reads it as one.
    """
    if len(snapshot) > INLINE_SNAPSHOT_BYTES or len(view) > INLINE_VIEW_BYTES:
        return None
    return {"snapshot": pack(snapshot), "view": pack(view)}


async def snapshot_of(store: Store, account_id: str, plan: CurrentPlan) -> bytes:
    """The bytes that the plan's hash is of, checked.

    Raises:
        BlobCorrupt: when they are missing or are other bytes.
    """
    return await snapshot_in(store, await _verdict(store, account_id, plan))


async def view_of(store: Store, account_id: str, plan: CurrentPlan) -> bytes:
    """The plan as it was answered; as `snapshot_of`."""
    return await view_in(store, await _verdict(store, account_id, plan))


async def snapshot_in(store: Store, verdict: Mapping[str, Any]) -> bytes:
    """As `snapshot_of`, for a verdict at hand."""
    digest = verdict["plan_hash"].removeprefix("sha256:")
    return await _bytes(store, digest, verdict.get("snapshot"))


async def view_in(store: Store, verdict: Mapping[str, Any]) -> bytes:
    return await _bytes(store, verdict["view_sha256"], verdict.get("view"))


async def _verdict(store: Store, account_id: str, plan: CurrentPlan) -> Mapping[str, Any]:
    """What is kept, under the hashes that the export names."""
    kept = await store.get(PLANS.of(account_id), plan["command_id"])
    return {**(kept or {}), **plan}


async def _bytes(store: Store, digest: str, kept: bytes | None) -> bytes:
    if kept is None:
        return await store.get_blob(digest)
    return await blobs.unpacked(digest, Blob(_id=digest, encoding="zstd", data=kept))
