"""The published JSON Schema describes exactly what is rendered."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given, settings

from executor.artifacts import render_all
from shared.contracts.snapshot import Snapshot
from support.any_snapshot import snapshots
from support.documents import an_identity
from support.snapshots import a_snapshot

SCHEMA = Path(__file__).parents[4] / "docs/schemas/commercial_customs_invoice.schema.json"


@pytest.fixture(scope="module")
def validator() -> jsonschema_rs.Validator:
    schema = json.loads(SCHEMA.read_bytes())
    jsonschema_rs.meta.validate(schema)
    return jsonschema_rs.validator_for(schema)


@settings(deadline=None, max_examples=60)
@given(snapshot=snapshots())
def test_any_rendered_invoice_is_valid(
    validator: jsonschema_rs.Validator, snapshot: Snapshot
) -> None:
    for test in (True, False):
        validator.validate(json.loads(render_all(snapshot, an_identity(test=test))[2].data))


def test_a_number_where_money_belongs_is_not_valid(validator: jsonschema_rs.Validator) -> None:
    document = json.loads(render_all(a_snapshot(), an_identity())[2].data)

    document["totals"]["goodsUsd"] = 37.0

    assert not validator.is_valid(document)
