"""A store in memory, for what is tested without servers."""

import copy
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from shared.canonical import sha256_hex
from shared.errors import BlobCorrupt
from shared.records import BLOBS, Document, Part, named
from support.matching import matches
from support.ticking import Clockwork


class MemoryStore:
    """What the gateway uses of the store, over dictionaries; knows the operators it uses."""

    def __init__(self) -> None:
        self.clock = Clockwork()
        self.data: dict[str, dict[str, Document]] = {}
        self.steps: list[str] = []
        self.before: dict[str, Callable[[], Awaitable[None]]] = {}

    def collection(self, place: str | Part[Any]) -> dict[str, Document]:
        return self.data.setdefault(named(place), {})

    def put(self, collection: str, **document: Any) -> None:  # a document
        document = {"_id": document.pop("id"), **document}
        self.collection(collection)[document["_id"]] = document

    async def _step(self, step: str) -> None:
        self.steps.append(step)
        hook = self.before.pop(step, None)
        if hook is not None:
            await hook()

    async def get(self, part: Part[Any], id_: str) -> Any:  # a document of any collection
        found = self.collection(part).get(id_)
        return copy.deepcopy(found) if found and matches(found, part.within({})) else None

    async def get_many(self, part: Part[Any], ids: Iterable[str]) -> dict[str, Document]:
        found = {id_: await self.get(part, id_) for id_ in set(ids)}
        return {id_: document for id_, document in found.items() if document is not None}

    async def find(
        self,
        collection: str,
        query: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 0,
        projection: Mapping[str, Any] | None = None,  # noqa: ARG002  # the store's signature
    ) -> list[Document]:
        found = [d for d in self.collection(collection).values() if matches(d, query)]
        for name, direction in reversed(sort):
            found.sort(key=itemgetter(name), reverse=direction < 0)
        return copy.deepcopy(found[:limit] if limit else found)

    async def each(self, collection: str, query: Mapping[str, Any], **how: Any) -> Any:  # documents
        for document in await self.find(collection, query, **how):
            yield document

    async def put_if_absent(self, place: str | Part[Any], document: Document, *, step: str) -> bool:
        await self._step(step)
        existing = self.collection(place)
        if document["_id"] in existing:
            return False
        existing[document["_id"]] = copy.deepcopy(document)
        return True

    async def transition(
        self,
        part: Part[Any],
        id_: str,
        guard: Mapping[str, Any],
        update: Mapping[str, Any],
        *,
        step: str,
    ) -> Document | None:
        await self._step(step)
        document = self.collection(part).get(id_)
        if document is None or not matches(document, part.within(guard)):
            return None
        document.update(copy.deepcopy(update["$set"]))
        return copy.deepcopy(document)

    async def upsert_each(
        self, part: Part[Any], updates: Iterable[tuple[str, Mapping[str, Any]]], *, step: str
    ) -> None:
        await self._step(step)
        for id_, change in updates:
            document = self.collection(part).setdefault(id_, part.within({"_id": id_}))
            document.update(change.get("$max", {}))  # times, which only rise
            for path, amount in change.get("$inc", {}).items():
                outer, inner = path.split(".")
                counts = document.setdefault(outer, {})
                counts[inner] = counts.get(inner, 0) + amount

    async def settle(
        self, part: Part[Any], id_: str, guard: Mapping[str, Any], fields: Document, *, step: str
    ) -> bool:
        return await self.transition(part, id_, guard, {"$set": fields}, step=step) is not None

    async def delete(self, part: Part[Any], query: Mapping[str, Any], *, step: str) -> int:
        await self._step(step)
        documents = self.collection(part)
        gone = [id_ for id_, d in documents.items() if matches(d, part.within(query))]
        for id_ in gone:
            del documents[id_]
        return len(gone)

    async def put_blob(self, data: bytes, *, step: str) -> str:
        digest = sha256_hex(data)
        await self.put_if_absent(BLOBS, {"_id": digest, "data": data}, step=step)
        return digest

    async def get_blob(self, digest: str) -> bytes:
        found = self.collection("blobs").get(digest)
        if found is None or sha256_hex(found["data"]) != digest:
            raise BlobCorrupt(f"blob {digest}")
        return bytes(found["data"])

    async def now(self) -> datetime:
        return self.clock()

    async def takes_writes(self) -> bool:
        return True
