"""The form in which a key keeps its answer: as it is, packed, or as a blob that others share."""

from typing import Final

from gateway.calls import Answer
from shared.packing import pack, unpack
from shared.records import Document
from shared.store import Store

_PACKED_FROM: Final = 2 * 1024  # a store works longer on more bytes than packing them takes
_REPEATED_BYTES: Final = 4 * 1024  # less is not worth a document of its own
_INLINE_BYTES: Final = 256 * 1024


async def kept(answer: Answer, store: Store, *, repeats: bool) -> Document:
    """The outcome of a key; `repeats` says that others may well have the same answer."""
    outcome: Document = {"status": answer.status}
    if (size := len(answer.body)) > (_REPEATED_BYTES if repeats else _INLINE_BYTES):
        digest = await store.put_blob(answer.body, step="gateway.store_answer")
        outcome |= {"blob": digest, "bytes": size}
    elif size < _PACKED_FROM:
        outcome["body"] = answer.body
    else:
        outcome["packed"] = pack(answer.body)
    return outcome


async def replayed(outcome: Document, store: Store) -> Answer:
    """The very bytes that were answered."""
    if packed := outcome.get("packed"):
        return Answer(outcome["status"], unpack(packed), replayed=True)
    body = outcome.get("body") or await store.get_blob(outcome["blob"])
    return Answer(outcome["status"], bytes(body), replayed=True)
