"""What a replica has handled, read from its own /metrics."""

from stack import probes

COUNTERS = {"gateway": "entrygo_http_requests_total"}
WORKER_COUNTER = "entrygo_messages_total"


def handled(service: str, metrics_url: str) -> int | None:
    """None where the replica does not answer."""
    text = probes.http_text(metrics_url)
    if text is None:
        return None
    return total(text, COUNTERS.get(service, WORKER_COUNTER))


def total(text: str, counter: str) -> int:
    """The sum of a counter over all its labels."""
    found = 0.0
    for line in text.splitlines():
        # A label's value may hold anything, so the value is what follows the last brace.
        name, brace, rest = line.partition("{")
        value = rest.rpartition("}")[2] if brace else line.partition(" ")[2]
        if name.partition(" ")[0] == counter:
            found += float(value.split()[0])
    return int(found)
