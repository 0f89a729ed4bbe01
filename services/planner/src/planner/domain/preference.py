"""The preference that a product claims; `usmca` is the older field of one."""

from planner.domain.orders import Content

USMCA = "USMCA"


def claimed_in(content: Content) -> str:
    """The field that claims preference; `usmca` is one too."""
    return "usmca" if "usmca" in content else "preference"


def preference_in(content: Content) -> Content:
    return {"programme": USMCA, **content.get(claimed_in(content), {})}


def claims_usmca(content: Content) -> bool:
    claim = preference_in(content)
    return bool(claim.get("claim")) and claim["programme"].upper() == USMCA
