"""What an export's record must say by itself: I1, I2, I5 and I8. Pure: the time comes in."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from entrygo_operator.invariants import Moment, Violation
from entrygo_operator.invariants.deliveries import of_deliveries
from shared.clock import parse_timestamp, timestamp
from shared.contracts.lifecycle import DeliveryStatus, EventType, ExportRecord, State
from shared.ids import derived_id, package_number

FILES: Final = {
    "cci_human_readable": "commercial_customs_invoice.html",
    "cci_csv": "commercial_customs_invoice.csv",
    "cci_json": "commercial_customs_invoice.json",
    "packing_list": "packing_list.json",
    "manifest": "manifest.json",
}
_PACKED: Final = frozenset({State.EXECUTED.value, State.VOIDED.value})  # may have a package

# From which states an event may come, and to which it leads; None: the state stays.
_ANY: Final = frozenset(State)
_EXECUTING: Final = frozenset({State.EXECUTING})
_DELIVERING: Final = frozenset({State.EXECUTED, State.VOIDED})  # a void one is told what it was
_MOVES: Final[dict[str, tuple[frozenset[State], State | None]]] = {
    EventType.EXPORT_PLANNED: (frozenset({State.PLANNED}), None),
    EventType.EXPORT_REPLANNED: (frozenset({State.PLANNED}), None),
    EventType.EXECUTION_STARTED: (frozenset({State.PLANNED}), State.EXECUTING),
    EventType.EXECUTION_RESUMED: (_EXECUTING, None),
    EventType.EXECUTION_REFUSED: (_EXECUTING, State.PLANNED),
    EventType.CUSTOMS_ARTIFACT_GENERATED: (_EXECUTING, None),
    EventType.EXPORT_EXECUTED: (_EXECUTING, State.EXECUTED),
    EventType.EXPORT_RELEASED: (_ANY - {State.VOIDED}, None),
    EventType.EXPORT_VOIDED: (_ANY - {State.VOIDED}, State.VOIDED),
}


def of_record(export: ExportRecord, moment: Moment) -> Iterator[Violation]:
    """All that the record says against itself."""
    told = (
        ("I1", _package(export)),
        ("I2", of_deliveries(export, moment)),
        ("I5", _left_alone(export, moment)),
        ("I8", _log(export)),
    )
    for invariant, seen in told:
        try:
            yield from (Violation(invariant, export["_id"], what) for what in seen)
        except (ValueError, LookupError, TypeError) as error:
            why = f"the record is not of its form: {type(error).__name__}: {error}"
            yield Violation(invariant, export["_id"], why)


def _package(export: ExportRecord) -> Iterator[str]:
    id_, state, listed = export["package_id"], export["state"], export["artifacts"]
    if id_ is not None and state in _PACKED:
        yield from _packed(export, id_)
    elif state == State.EXECUTED or id_ is not None or listed:
        yield f"{state} with package {id_} and {len(listed)} artifacts"


def _packed(export: ExportRecord, id_: str) -> Iterator[str]:
    listed, execution = export["artifacts"], export["execution"]
    if id_ != derived_id("cp_", export["_id"], str(export["attempt"])):
        yield f"package {id_} is not that of attempt {export['attempt']}"
    if execution:
        year = parse_timestamp(execution["started_at"]).year
        if export["package_number"] != package_number(id_, year):
            yield f"package number {export['package_number']} is not that of {id_}"
    if sorted((one["artifact_type"], one["filename"]) for one in listed) != sorted(FILES.items()):
        yield f"package {id_} lists {sorted(one['filename'] for one in listed)}"
    for one in listed:
        if one["id"] != derived_id("art_", id_, one["artifact_type"]):
            yield f"artifact {one['id']} is not one of {id_}"


def _left_alone(export: ExportRecord, moment: Moment) -> Iterator[str]:
    long_ago, execution = timestamp(moment.long_ago), export["execution"]
    if export["state"] == State.EXECUTING:
        if execution is None:
            yield "EXECUTING without an execution"
        elif execution["stalled"]:
            if not execution["last_error"]:
                yield "stalled without a reason"
        elif max(execution["driven_at"], export["updated_at"]) < long_ago:
            yield f"EXECUTING, last driven at {execution['driven_at']}"
    for kind, delivery in export["deliveries"].items():
        due = delivery["next_attempt_at"]
        waits = export["state"] == State.EXECUTED and delivery["status"] == DeliveryStatus.PENDING
        if waits and (due or "") < long_ago:
            yield f"{kind} {delivery['submission_id']}: PENDING, due since {due}"


def _log(export: ExportRecord) -> Iterator[str]:
    events = export["events"]
    yield from (
        f"event {id_} stands {times} times in the log"
        for id_, times in Counter(event["id"] for event in events).items()
        if times > 1
    )
    if not events or events[0]["type"] != EventType.EXPORT_BATCH_CREATED:
        yield "the log does not begin with its creation"
    state = State.PLANNED
    for place, event in enumerate(events[1:], 2):
        allowed, after = _MOVES.get(event["type"], (_DELIVERING, None))
        if state not in allowed:
            yield f"event {place} {event['type']} ({event['id']}) in state {state}"
        state = after or state
    if export["state"] != state:
        yield f"state {export['state']}, where the log says {state}"
    kinds = Counter(event["type"] for event in events)
    counted = {
        "attempt": (export["attempt"], kinds[EventType.EXECUTION_STARTED]),
        "plan revision": (
            export["plan_revision"],
            kinds[EventType.EXPORT_PLANNED] + kinds[EventType.EXPORT_REPLANNED],
        ),
        "artifacts": (len(export["artifacts"]), kinds[EventType.CUSTOMS_ARTIFACT_GENERATED]),
    }
    yield from (
        f"{what} {said}, where the log says {logged}"
        for what, (said, logged) in counted.items()
        if said != logged
    )
    yield from _outcome(export)


def _outcome(export: ExportRecord) -> Iterator[str]:
    last = export["last_execution"]
    outcome = last and last["outcome"]
    must = {State.EXECUTING: "RUNNING", State.EXECUTED: "EXECUTED"}.get(State(export["state"]))
    if must and outcome != must:
        yield f"{export['state']}, and its last execution is {outcome}"
    if export["state"] == State.PLANNED and outcome in {"RUNNING", "EXECUTED"}:
        yield f"PLANNED, and its last execution is {outcome}"
