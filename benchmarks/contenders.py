"""Contenders taken in turns, so that what slows the machine down slows all of them down."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.bench import SERVERS, Bench
from benchmarks.load import Request, Round, percentile
from benchmarks.report import Report


@dataclass(frozen=True)
class Contender:
    name: str
    url: str
    requests: Iterator[Request]
    processes: tuple[str, ...]  # its own; the servers count for everybody


@dataclass
class Series:
    """The rounds of one contender."""

    processes: tuple[str, ...]
    rounds: list[Round] = field(default_factory=list)

    @property
    def rates(self) -> list[float]:
        return [each.rate for each in self.rounds]

    @property
    def latencies(self) -> list[float]:
        return [one for each in self.rounds for one in each.latencies]

    def cpu_ms(self, *names: str) -> float:
        """Processor time a request in these processes, or in all that took part."""
        wanted = set(names or (*self.processes, *SERVERS))
        used = sum(s for each in self.rounds for name, s in each.cpu.items() if name in wanted)
        return used * 1000 / max(1, len(self.latencies))


async def alternate(
    bench: Bench, contenders: Sequence[Contender], clients: int
) -> dict[str, Series]:
    results = {each.name: Series(each.processes) for each in contenders}
    for _ in range(bench.effort.rounds):
        for each in contenders:
            taken = await bench.measured(
                each.url, clients, each.requests, seconds=bench.effort.seconds
            )
            results[each.name].rounds.append(taken)
    return results


def ratios(ours: Series, theirs: Series) -> list[float]:
    """Of the rates, round by round."""
    return [a / b for a, b in zip(ours.rates, theirs.rates, strict=True)]


def tell(report: Report, results: dict[str, Series]) -> None:
    head = ["", "a second", "spread", "p50 ms", "p95", "p99", "cpu ms, all", "own", "servers"]
    report.table([*head, "failed"], [_row(name, series) for name, series in results.items()])
    report.say("")


def _row(name: str, series: Series) -> list[str]:
    rates = series.rates
    return [
        name,
        f"{statistics.median(rates):.0f}",
        f"{min(rates):.0f}-{max(rates):.0f}",
        *(f"{percentile(series.latencies, percent):.1f}" for percent in (50, 95, 99)),
        f"{series.cpu_ms():.2f}",
        " + ".join(f"{series.cpu_ms(process):.2f}" for process in series.processes),
        " + ".join(f"{series.cpu_ms(server):.2f}" for server in SERVERS[:3]),
        str(sum(each.failures for each in series.rounds)),
    ]
