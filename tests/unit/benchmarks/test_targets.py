"""Reached or missed is told by the figures, and what was not measured is told too."""

from pathlib import Path

import pytest
from benchmarks.report import Report
from benchmarks.targets import TARGETS, Target, judged


@pytest.mark.parametrize(
    ("target", "found", "verdict"),
    [
        (Target("a", "a rate", least=4), 4.0, "reached"),
        (Target("a", "a rate", least=4), 3.99, "missed"),
        (Target("a", "a cost", most=1.5), 1.5, "reached"),
        (Target("a", "a cost", most=1.5), 1.51, "missed"),
    ],
)
def test_a_bound_itself_is_reached(target: Target, found: float, verdict: str) -> None:
    assert target.verdict(found) == verdict


def test_each_target_has_a_row_measured_or_not() -> None:
    rows = list(judged({TARGETS[0].key: 1.0}))

    assert [row[0] for row in rows] == [target.words for target in TARGETS]
    assert rows[0][-1] == "reached"
    assert {row[-1] for row in rows[1:]} == {"not measured"}


def test_a_written_report_begins_with_the_targets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report()
    report.heading("Measured first")
    report.ratio("over the echo", [0.5, 0.7, 0.6], TARGETS[0].key)
    report.targets()

    report.write(tmp_path / "RESULTS.md", "servers")

    text = (tmp_path / "RESULTS.md").read_text()
    assert text.index("## Targets") < text.index("## Measured first")
    assert "* over the echo: **0.60** (0.50 to 0.70)" in text
    assert report.found[TARGETS[0].key] == 0.6
    assert "## Targets" in capsys.readouterr().out
