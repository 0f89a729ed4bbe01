"""What a renderer is given and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass

from executor.artifacts.facts import CustomsPackage, Identity
from shared.canonical import sha256_hex

__all__ = ["SCHEMA_VERSION", "Identity", "RenderedFile", "Renderer"]

SCHEMA_VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class RenderedFile:
    artifact_type: str
    filename: str
    media_type: str
    data: bytes
    sha256: str  # of data, in hex
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Renderer:
    """One artifact: its fixed names, and a pure function of the facts and the files before it."""

    artifact_type: str
    filename: str
    media_type: str
    render: Callable[[CustomsPackage, tuple[RenderedFile, ...]], bytes]

    def __call__(
        self, package: CustomsPackage, earlier: tuple[RenderedFile, ...] = ()
    ) -> RenderedFile:
        data = self.render(package, earlier)
        return RenderedFile(
            artifact_type=self.artifact_type,
            filename=self.filename,
            media_type=self.media_type,
            data=data,
            sha256=sha256_hex(data),
            size_bytes=len(data),
        )
