"""The files of a customs package. A further one is its own file and one line here."""

from collections.abc import Callable

from executor.artifacts import (
    entry_lines,
    invoice_csv,
    invoice_html,
    invoice_json,
    manifest,
    packing_list,
)
from executor.artifacts.base import RenderedFile, Renderer
from executor.artifacts.facts import Identity
from executor.artifacts.invoice import customs_package
from shared.contracts.snapshot import Snapshot

__all__ = ["RENDERERS", "Identity", "Render", "RenderedFile", "render_all"]

Render = Callable[[Snapshot, Identity], tuple[RenderedFile, ...]]

RENDERERS: tuple[Renderer, ...] = (
    invoice_html.invoice_html,
    invoice_csv.invoice_csv,
    invoice_json.invoice_json,
    packing_list.packing_list,
    entry_lines.entry_lines,
    manifest.manifest,  # last: it indexes the files before it
)


def render_all(snapshot: Snapshot, identity: Identity) -> tuple[RenderedFile, ...]:
    """Every file of the package, and what stands beside its five.

    The same snapshot and identity always give the same bytes.

    Raises:
        UnequalTotals: when the snapshot's own totals are not those of its lines.
    """
    package = customs_package(snapshot, identity)
    files: tuple[RenderedFile, ...] = ()
    for renderer in RENDERERS:
        files = (*files, renderer(package, files))
    return files
