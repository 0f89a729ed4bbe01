"""The spans of a test, kept in memory."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanContext

from shared import tracing

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"  # a client's own
TRACEPARENT = f"00-{TRACE}-{SPAN}-01"


class Spans:
    def __init__(self, exporter: InMemorySpanExporter) -> None:
        self._exporter = exporter

    @property
    def of_client(self) -> list[ReadableSpan]:
        """What belongs to the client's trace and has ended."""
        finished = self._exporter.get_finished_spans()
        return [span for span in finished if f"{_context(span).trace_id:032x}" == TRACE]

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.of_client if span.name == name]

    def children(self) -> dict[str, set[str]]:
        """The names of what each named span has under it; the client's own is named by its id."""
        names = {f"{_context(span).span_id:016x}": span.name for span in self.of_client}
        found: dict[str, set[str]] = {}
        for span in self.of_client:
            assert span.parent is not None, span.name
            parent = f"{span.parent.span_id:016x}"
            found.setdefault(names.get(parent, parent), set()).add(span.name)
        return found


@contextmanager
def traced() -> Iterator[Spans]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.use(provider)
    try:
        yield Spans(exporter)
    finally:
        tracing.use(None)
        provider.shutdown()


def _context(span: ReadableSpan) -> SpanContext:
    context: SpanContext | None = span.context
    assert context is not None
    return context
