"""Who hears what happened to exports."""

from shared.contracts.lifecycle import ExportRecord


def to_nobody(_export: ExportRecord) -> None:
    """Where a test is about something else."""
