"""The alerts and the dashboard name what there is."""

import json
import re

from support.alerts import alerts
from support.pages import REPOSITORY

OPERATING = REPOSITORY / "docs" / "operating.md"
DASHBOARD = REPOSITORY / "deploy" / "grafana" / "entrygo.json"


def anchors() -> set[str]:
    """As the repository's pages are linked to: lower case, blanks as dashes, the rest dropped."""
    headings = re.findall(r"(?m)^#+ (.+)$", OPERATING.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_alert_leads_to_a_heading_that_is_there() -> None:
    for alert in alerts():
        page, _, anchor = alert["annotations"]["runbook"].partition("#")
        assert page == "docs/operating.md"
        assert anchor in anchors(), alert["alert"]


def test_the_page_lists_every_alert_and_links_to_headings_that_are_there() -> None:
    page = OPERATING.read_text(encoding="utf-8")

    for alert in alerts():
        assert f"`{alert['alert']}`" in page
    assert set(re.findall(r"\]\(#([\w-]+)\)", page)) <= anchors()


def test_the_dashboards_notes_lead_to_headings_that_are_there() -> None:
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]

    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        if note := panel.get("description"):
            assert note.removeprefix("docs/operating.md#") in anchors()
