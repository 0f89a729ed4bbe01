"""What a run says: on the terminal as it comes, and whole in a file of Markdown."""

import os
import platform
import shlex
import statistics
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.targets import judged


class Report:
    def __init__(self) -> None:
        self._lines: list[str] = []
        self._load = os.getloadavg()[0]
        self.found: dict[str, float] = {}
        """Figures by the keys of the targets."""

    def heading(self, text: str) -> None:
        self.say(f"\n## {text}\n")

    def say(self, line: str) -> None:
        print(line, flush=True)
        self._lines.append(line)

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """The first column is words, the others are figures."""
        lines = [list(head), *(list(row) for row in rows)]
        widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
        rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
        for line in [lines[0], rule, *lines[1:]]:
            cells = [line[0].ljust(widths[0])]
            cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
            self.say(f"| {' | '.join(cells)} |")

    def ratio(self, words: str, values: Sequence[float], key: str | None = None) -> None:
        """A ratio's median over the rounds, and its spread; kept for the target of that key."""
        middle = statistics.median(values)
        spread = f" ({min(values):.2f} to {max(values):.2f})" if len(values) > 1 else ""
        self.say(f"* {words}: **{middle:.2f}**{spread}")
        if key is not None:
            self.found[key] = middle

    def targets(self) -> None:
        self.heading("Targets")
        self.table(["ratio in one run", "target", "found", ""], judged(self.found))

    def write(self, path: Path, versions: str) -> None:
        """The targets first, then what was measured in the order of measuring."""
        at = next(place for place, line in enumerate(self._lines) if line == "\n## Targets\n")
        head = [
            "# What was measured",
            "",
            "Written by the run itself; `README.md` says what it is.",
        ]
        text = [*head, "", *self._about(versions), *self._lines[at:], *self._lines[:at], ""]
        path.write_text("\n".join(text))

    def _about(self, versions: str) -> list[str]:
        command = shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]])
        return [
            f"* {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, revision {_revision()}, `{command}`",
            f"* {_processor()}, {os.cpu_count()} cores, {_memory_gb():.0f} GB, {platform.system()}",
            f"* load average {self._load:.1f} before, {os.getloadavg()[0]:.1f} after",
            f"* Python {platform.python_version()}, {versions}",
        ]


def _revision() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
