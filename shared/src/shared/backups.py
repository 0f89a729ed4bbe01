"""A backup's files: a folder with one part a collection, and a manifest that is written last.

A part is BSON documents one after the other, zstd-compressed: types, bytes and times come back as
they were. A folder without `manifest.json` is no backup.
"""

import hashlib
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypedDict

import bson
import orjson
import zstandard
from bson.codec_options import CodecOptions

from shared.records import Document
from shared.validation import invalid

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_OPTIONS: Final[CodecOptions[Document]] = CodecOptions(tz_aware=True)


class Part(TypedDict):
    documents: int
    bytes: int
    sha256: str  # of the file


class Manifest(TypedDict):
    format: int
    id: str
    taken_at: str  # by the store's clock, before the first read
    parts: dict[str, Part]


@contextmanager
def part_written(folder: Path, name: str) -> Iterator[Callable[[Document], None]]:
    """What is given to the writer is on the disk when the context ends."""
    with _file(folder, name).open("xb") as file:
        with zstandard.ZstdCompressor().stream_writer(file, closefd=False) as stream:

            def write(document: Document) -> None:
                stream.write(bson.encode(document))

            yield write
        _kept(file)


def read_part(folder: Path, name: str) -> Iterator[Document]:
    with (
        _file(folder, name).open("rb") as file,
        zstandard.ZstdDecompressor().stream_reader(file) as stream,
    ):
        yield from bson.decode_file_iter(io.BufferedReader(stream), _OPTIONS)


def seal(folder: Path, manifest: Manifest) -> None:
    """From here it is a backup: with its manifest, whole."""
    draft = folder / f"{_MANIFEST}.new"
    with draft.open("wb") as file:
        file.write(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
        _kept(file)
    draft.rename(folder / _MANIFEST)


def described(folder: Path, name: str, documents: int) -> Part:
    with _file(folder, name).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Part(documents=documents, bytes=file.tell(), sha256=digest)


def verified(folder: Path) -> Manifest:
    """The manifest, once every part was found to be what it says.

    Raises:
        Refused: VALIDATION_ERROR, it is no backup or a damaged one.
    """
    try:
        manifest: Manifest = orjson.loads((folder / _MANIFEST).read_bytes())
        if manifest["format"] != FORMAT:
            raise invalid("folder", f"A backup of format {manifest['format']}, not {FORMAT}.")
        for name, part in manifest["parts"].items():
            if described(folder, name, part["documents"]) != part:
                raise invalid("folder", f"{name} is damaged: it has another hash.")
            if sum(1 for _ in read_part(folder, name)) != part["documents"]:
                raise invalid("folder", f"{name} does not hold {part['documents']} documents.")
    except FileNotFoundError as error:
        raise invalid("folder", f"No backup, or not a whole one: {error}.") from error
    return manifest


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.bson.zst"


def _kept(file: io.BufferedWriter) -> None:
    file.flush()
    os.fsync(file.fileno())
