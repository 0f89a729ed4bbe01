"""What an export refers to: its documents (I1, I12) and its orders' claims (I13), read and held."""

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from typing import Any, Final

import orjson

from entrygo_operator.invariants import Moment, Violation
from entrygo_operator.invariants.figures import disagreements
from entrygo_operator.invariants.records import FILES, of_record
from shared.contracts.lifecycle import ArtifactRecord, ExportRecord, State
from shared.errors import BlobCorrupt
from shared.paging import pages
from shared.plans import snapshot_of, view_of
from shared.records import CLAIMS, EXPORTS
from shared.store import Store

Kept = dict[str, bytes | BlobCorrupt]

_NAMED: Final = 20  # orders of one export that lack claims; the rest are counted
_IN_RECORD: Final = ("artifact_type", "filename", "media_type", "sha256", "size_bytes")
_IN_MANIFEST: Final = ("artifactType", "filename", "mediaType", "sha256", "sizeBytes")


async def of_export(store: Store, export: ExportRecord, moment: Moment) -> list[Violation]:
    """What does not hold of the export, and of what it refers to.

    A running system moves while it is read. What an export refers to changes only after its record
    did, so a finding counts when the record's revision is the same after the reading as before.
    """
    while True:
        found = list(of_record(export, moment))
        found += [
            Violation(invariant, export["_id"], seen)
            async for invariant, seen in _of_references(store, export)
        ]
        if not found:
            return []
        again = await store.get(EXPORTS.of(export["account_id"]), export["_id"])
        if again is None or again["revision"] == export["revision"]:
            return found
        export = again


async def lost_claims(store: Store) -> AsyncIterator[Violation]:
    """Claims whose export never came that far: no such export, or only in an earlier attempt."""
    async for claims in pages(store, CLAIMS):
        ids = sorted({claim["export"] for claim in claims})
        known = await store.find(EXPORTS, {"_id": {"$in": ids}}, projection={"attempt": 1})
        attempts = {export["_id"]: export["attempt"] for export in known}  # read after the claims
        for claim in claims:
            if attempts.get(claim["export"], -1) < claim["attempt"]:
                of = f"attempt {claim['attempt']} of export {claim['export']}"
                yield Violation("I13", claim["_id"], f"claimed by {of}, which is not there")


async def _of_references(store: Store, export: ExportRecord) -> AsyncIterator[tuple[str, str]]:
    kept = await _kept(store, export)
    for what, data in kept.items():
        if isinstance(data, BlobCorrupt):
            yield "I1", f"{what}: {data}"
    documents = _of_documents(export["artifacts"], kept)
    for found in await asyncio.to_thread(lambda: list(documents)):
        yield found
    snapshot = kept["snapshot"]
    if export["state"] == State.EXECUTED and isinstance(snapshot, bytes):
        async for seen in _of_claims(store, export, snapshot):
            yield "I13", seen


def _of_documents(listed: list[ArtifactRecord], kept: Kept) -> Iterator[tuple[str, str]]:
    files: dict[str, bytes] = {}
    for artifact in listed:
        data = kept[artifact["id"]]
        if isinstance(data, bytes):
            files[artifact["artifact_type"]] = data
            if len(data) != artifact["size_bytes"]:
                told = f"{len(data)} bytes, listed with {artifact['size_bytes']}"
                yield "I1", f"{artifact['id']}: {told}"
    if files.keys() == FILES.keys():
        yield from _of_files(listed, files)


async def _kept(store: Store, export: ExportRecord) -> Kept:
    """What is stored of it, or what is wrong with it, by what it is; read in one wave."""
    account_id, plan = export["account_id"], export["plan"]
    reads: dict[str, Awaitable[bytes]] = {
        "snapshot": snapshot_of(store, account_id, plan),
        "plan": view_of(store, account_id, plan),
    }
    for artifact in export["artifacts"]:
        reads[artifact["id"]] = store.get_blob(artifact["sha256"])
    for kind, delivery in export["deliveries"].items():
        if digest := delivery.get("letter_sha256"):
            reads[f"{kind} letter"] = store.get_blob(digest)
    found = await asyncio.gather(*map(_told, reads.values()))
    return dict(zip(reads, found, strict=True))


async def _told(read: Awaitable[bytes]) -> bytes | BlobCorrupt:
    try:
        return await read
    except BlobCorrupt as error:
        return error


def _of_files(
    listed: list[ArtifactRecord], files: Mapping[str, bytes]
) -> Iterator[tuple[str, str]]:
    try:
        others = (one for one in listed if one["artifact_type"] != "manifest")
        index = sorted(_entries(orjson.loads(files["manifest"])["files"], _IN_MANIFEST))
        if index != sorted(_entries(others, _IN_RECORD)):
            yield "I1", "the manifest does not index the artifacts that are listed"
        for seen in disagreements(files):
            yield "I12", seen
    except (ValueError, LookupError, TypeError) as error:
        yield "I12", f"a document is not of its form: {type(error).__name__}: {error}"


def _entries(files: Iterable[Any], names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    yield from (tuple(file[name] for name in names) for file in files)


async def _of_claims(store: Store, export: ExportRecord, snapshot: bytes) -> AsyncIterator[str]:
    """Each order that was exported is claimed by it, and no other is."""
    ordered = set(orjson.loads(snapshot)["decision"]["included_order_ids"])
    account, id_ = export["account_id"], export["_id"]
    own = {"account_id": account, "export": id_, "attempt": export["attempt"]}
    claimed = {claim["_id"] async for page in pages(store, CLAIMS, own) for claim in page}
    lacking = sorted(ordered - claimed)
    held = await store.get_many(CLAIMS.of(account), lacking[:_NAMED])
    for order_id in lacking[:_NAMED]:
        by = held[order_id]["export"] if order_id in held else "nobody"
        yield f"executed, and its order {order_id} is claimed by {by}"
    if len(lacking) > _NAMED:
        yield f"executed, and {len(lacking) - _NAMED} more of its orders are not claimed by it"
    for order_id in sorted(claimed - ordered)[:_NAMED]:
        yield f"claims order {order_id}, which it does not export"
