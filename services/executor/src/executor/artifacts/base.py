"""What a renderer is given and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from executor.artifacts.facts import CustomsPackage
from shared.canonical import sha256_hex

SCHEMA_VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class RenderedFile:
    artifact_type: str
    filename: str
    media_type: str
    data: bytes
    sha256: str  # of data, in hex
    size_bytes: int
    beside: bool  # one of the five, or beside them


Render = Callable[[CustomsPackage, tuple[RenderedFile, ...]], bytes]


@dataclass(frozen=True, slots=True)
class Renderer:
    """One artifact: its fixed names, and a pure function of the facts and the files before it."""

    artifact_type: str
    filename: str
    media_type: str
    render: Render
    beside: bool = False

    def __call__(self, package: CustomsPackage, earlier: tuple[RenderedFile, ...]) -> RenderedFile:
        data = self.render(package, earlier)
        names = (self.artifact_type, self.filename, self.media_type)
        return RenderedFile(*names, data, sha256_hex(data), len(data), self.beside)


def artifact(
    artifact_type: str, filename: str, media_type: str, *, beside: bool = False
) -> Callable[[Render], Renderer]:
    """Makes a function the renderer of this artifact, or of a file that stands beside the five."""
    return partial(Renderer, artifact_type, filename, media_type, beside=beside)
