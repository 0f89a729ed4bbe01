"""Which alerts fire on what was scraped, by promtool: Prometheus's own evaluation of our rules."""

import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from support.pages import REPOSITORY

RULES: Final = REPOSITORY / "deploy" / "prometheus" / "rules.yml"
LATER: Final = "30m"  # longer than any `for` of the rules
_SAMPLE: Final = re.compile(r"(?m)^(entrygo_\w+)(\{.*\})? (\S+)$")


def alerts() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(RULES.read_text())["groups"][0]["rules"]
    return found


def metric_names(scrape: str) -> set[str]:
    return {match[1] for match in _SAMPLE.finditer(scrape)}


def firing(promtool: Path, scrapes: Mapping[str, str], folder: Path) -> set[str]:
    """The alerts that fire when each instance goes on to show what it showed."""
    series = [one for instance, text in scrapes.items() for one in _series(instance, text)]
    fired = {str(alert["alert"]) for alert in alerts()}
    told = _evaluate(promtool, folder, series, fired)
    if told is None:
        return fired
    # It says what it got instead of what it was told to expect.
    [got] = re.findall(r"got:\s*(.*)", told.replace("\n", " "))
    return set(re.findall(r'alertname="(\w+)"', got))


def _series(instance: str, scrape: str) -> Iterable[dict[str, str]]:
    for name, labels, value in _SAMPLE.findall(scrape):
        own = f'instance="{instance}"'
        inner = f"{labels[1:-1].rstrip(',')},{own}" if labels else own
        yield {"series": f"{name}{{{inner}}}", "values": f"{float(value):f}x40"}


def _evaluate(
    promtool: Path, folder: Path, series: list[dict[str, str]], expected: set[str]
) -> str | None:
    """None when exactly the expected ones fire, else what promtool says."""
    samples = [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in sorted(expected)]
    expression = 'group by (alertname) (ALERTS{alertstate="firing"})'
    test = {
        "rule_files": [str(RULES)],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": series,
                "promql_expr_test": [
                    {"expr": expression, "eval_time": LATER, "exp_samples": samples}
                ],
            }
        ],
    }
    file = folder / "alerts.yml"
    file.write_text(yaml.safe_dump(test))
    done = subprocess.run(
        [promtool, "test", "rules", file], capture_output=True, text=True, check=False
    )
    return None if done.returncode == 0 else done.stdout + done.stderr
