"""Traces by OpenTelemetry: one from a client's request to the mail server's answer.

Off unless an OTLP endpoint is configured; then a span is one comparison and no more. Across
processes and time a trace is carried as W3C `traceparent`: in HTTP, in a message's headers, in a
key's record and in an execution. What is no `traceparent` begins a new trace, as W3C wants.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final

from opentelemetry import context, trace
from opentelemetry.trace import SpanKind, Tracer, TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

TRACEPARENT: Final = "traceparent"
CLIENT, CONSUMER, SERVER = SpanKind.CLIENT, SpanKind.CONSUMER, SpanKind.SERVER

_W3C: Final = TraceContextTextMapPropagator()
_NOTHING: Final[AbstractContextManager[object]] = nullcontext()
_tracer: Tracer | None = None


def use(provider: TracerProvider | None) -> None:
    """Traces from now on, or none."""
    global _tracer  # noqa: PLW0603  # one a process, as OpenTelemetry's own is
    _tracer = None if provider is None else provider.get_tracer("entrygo")


def configure(service: str, endpoint: str | None) -> None:
    """Traces go to this OTLP endpoint over HTTP; the SDK's own OTEL_... variables hold beside it.

    Raises:
        ModuleNotFoundError: an endpoint is set and requirements/tracing.txt is not installed.
    """
    if endpoint is None:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415  # optional
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider as Provider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = Provider(resource=Resource.create({"service.name": service}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    use(provider)


def span(
    name: str, *, kind: SpanKind = SpanKind.INTERNAL, parent: str | None = None
) -> AbstractContextManager[object]:
    """What happens inside, named; under `parent`, a `traceparent`, or under the current span.

    Requests and messages begin a trace, a step does not.
    """
    if _tracer is None or (kind is SpanKind.INTERNAL and traceparent() is None):
        return _NOTHING
    return _tracer.start_as_current_span(name, _context(parent) if parent else None, kind)


@contextmanager
def under(traceparent: str | None) -> Iterator[None]:
    """Spans inside belong to that trace, which began in another process or long ago."""
    if _tracer is None or not traceparent:
        yield
        return
    token = context.attach(_context(traceparent))
    try:
        yield
    finally:
        context.detach(token)


def told(**attributes: object) -> None:
    """Says more of the current span."""
    if _tracer is not None:
        said = {f"entrygo.{name}": str(value) for name, value in attributes.items()}
        trace.get_current_span().set_attributes(said)


def named(name: str) -> None:
    """The current span's name, where it is known only at its end."""
    if _tracer is not None:
        trace.get_current_span().update_name(name)


def headers() -> dict[str, str]:
    """What carries the current span on: its `traceparent`, or nothing."""
    carrier: dict[str, str] = {}
    if _tracer is not None:
        _W3C.inject(carrier)
    return {name: value for name, value in carrier.items() if name == TRACEPARENT}


def ids() -> dict[str, str]:
    """The current trace, as a log line names it."""
    current = traceparent()
    return {"trace_id": current.split("-")[1]} if current else {}


def traceparent() -> str | None:
    return headers().get(TRACEPARENT)


def read(carrier: Mapping[str, object]) -> str | None:
    """The `traceparent` among a message's headers, if it is one."""
    given = carrier.get(TRACEPARENT)
    if not isinstance(given, str):
        return None
    return given if trace.get_current_span(_context(given)).get_span_context().is_valid else None


def _context(parent: str) -> context.Context:
    return _W3C.extract({TRACEPARENT: parent}, context.Context())
