"""The pages, in the order of the menu: the one list that the menu and /llms.txt are made of."""

from typing import Final, NamedTuple


class Page(NamedTuple):
    address: str
    title: str
    about: str  # one line, for who finds the page from outside


MENU: Final[dict[str, tuple[Page, ...]]] = {
    "Start": (
        Page("/docs", "Overview", "What EntryGo does, in four calls, and where to begin"),
        Page(
            "/docs/guides/first-export",
            "First export",
            "From a key to a package at the broker, with curl, in five steps",
        ),
        Page(
            "/docs/guides/test-accounts",
            "Test accounts",
            "Try every outcome: sent, rejected, unknown, late, stalled",
        ),
        Page(
            "/docs/guides/agents",
            "Agents",
            "What to do next, what to mend, and what never to do",
        ),
    ),
    "Concepts": (
        Page(
            "/docs/concepts/protocol",
            "Protocol",
            "Keys, idempotency, errors, limits: what may be relied on everywhere",
        ),
        Page(
            "/docs/concepts/export-lifecycle",
            "Life of an export",
            "States, statuses, events, and the broker's mail",
        ),
        Page(
            "/docs/concepts/primitives",
            "Words",
            "Order, product, plan, export, unit, package, artifact",
        ),
    ),
    "HTTP API": (
        Page("/docs/api/orders", "Orders", "Sync what was sold, find it again, see where it went"),
        Page("/docs/api/products", "Products", "Sync the catalogue, and learn what it lacks"),
        Page("/docs/api/exports", "Exports", "Plan, execute and inspect: what to think of"),
        Page("/docs/api/packages", "Packages", "The documents that the broker gets, and the PDF"),
        Page(
            "/docs/api/reference",
            "Operations",
            "Every operation, with a real request and its real answer",
        ),
        Page("/docs/api/shapes", "Shapes", "Every request and answer, field by field"),
    ),
    "Look up": (
        Page("/docs/errors", "Errors", "Every error code and every next action"),
        Page(
            "/docs/rules",
            "Rules",
            "Every rule that a plan is judged by, every finding's code, with its source",
        ),
    ),
    "Clients": (
        Page("/docs/clients/python", "Python", "The package shpbndl: typed, repeats by itself"),
        Page("/docs/clients/typescript", "TypeScript", "A small client with the document's types"),
        Page("/docs/clients/csv", "CSV import", "Orders from a shop's CSV export, with a command"),
        Page("/docs/clients/mcp", "MCP server", "EntryGo as tools for an agent"),
    ),
    "Inside the company": (
        Page("/docs/messages", "Messages", "Publish orders to the queue, without HTTP"),
        Page("/docs/events", "Events", "Hear from the queue what happened to exports"),
    ),
}
PAGES: Final = tuple(page for group in MENU.values() for page in group)

_LLMS: Final = """\
# EntryGo

> Turns the orders of a shop outside the United States into what a US customs broker needs to file
> the entry: sync orders, plan an export (a decision without side effects), execute the plan (side
> effects, exactly once), inspect the result (the truth). HTTP and JSON under /api, with a bearer
> key. Start with GET /api/account. Do what next_recommended_action and details.next_action say.
> Repeat a failed write with the same Idempotency-Key.

## Contracts

- [OpenAPI 3.1](/docs/api/openapi): the HTTP contract, complete
- [The core loop alone](/docs/api/openapi?tags=core): sync, plan, execute, inspect
- [AsyncAPI 3.0](/docs/api/asyncapi): the messages, for services inside the company
"""


def list_for_agents() -> str:
    """What /llms.txt says: each page as Markdown, by the menu's groups."""
    parts = [_LLMS]
    for group, pages in MENU.items():
        lines = [f"- [{page.title}]({markdown(page.address)}): {page.about}" for page in pages]
        parts.append("\n".join([f"## {group}\n", *lines, ""]))
    return "\n".join(parts)


def markdown(address: str) -> str:
    """Where a page's Markdown is."""
    return "/docs/index.md" if address == "/docs" else f"{address}.md"
