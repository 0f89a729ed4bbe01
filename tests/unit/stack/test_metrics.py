from stack import metrics

TEXT = """\
# HELP entrygo_messages_total Messages handled.
# TYPE entrygo_messages_total counter
entrygo_messages_total{queue="planner.exports.plan",outcome="ok"} 40.0
entrygo_messages_total{queue="odd \\"} {name",outcome="refused"} 2.0
entrygo_messages_total_bytes{queue="planner.exports.plan"} 9000.0
entrygo_messages_created{queue="planner.exports.plan"} 1.7e+09
entrygo_plain_total 3.0
"""


def test_a_counter_is_summed_over_its_labels_and_no_other() -> None:
    assert metrics.total(TEXT, "entrygo_messages_total") == 42
    assert metrics.total(TEXT, "entrygo_plain_total") == 3


def test_a_counter_that_never_counted_is_nought() -> None:
    assert metrics.total("", "entrygo_messages_total") == 0
