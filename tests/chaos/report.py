"""What a run prints: faults, exports, violations, recovery, and how to repeat it."""

from pathlib import Path
from typing import Final

from chaos.run import Report, log_file

SOON: Final = 30


def told(report: Report, logs: Path) -> str:
    plan, history = report.plan, report.history
    lines = [f"seed {plan.seed}: {report.seconds:.0f} s, {len(history.exports)} exports", "faults:"]
    lines += [f"  {times:6} {kind}" for kind, times in sorted(report.faults.items())]
    lines += [f"  {report.deaths:6} processes started again", "met:"]
    lines += [f"  {times:6} {what}" for what, times in sorted(history.counts.items())]
    recovered = ", ".join(f"{seconds:.1f}" for seconds in report.recoveries)
    soon = sum(seconds <= SOON for seconds in report.recoveries)
    lines.append(
        f"all ready {recovered} s after healing: {soon} of {len(report.recoveries)} within {SOON} s"
    )
    lines.append(f"violations: {sum(history.found.values())} {dict(history.found) or ''}")
    lines += [f"  {violation}" for violation in history.violations]
    lines.append(f"history and logs: {log_file(logs, plan.seed)}")
    lines.append(f"repeat: make chaos SEED={plan.seed} EXPORTS={plan.exports} ROUNDS={plan.rounds}")
    return "\n".join(lines)
