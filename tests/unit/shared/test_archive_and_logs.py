"""A zip of fixed bytes, and log lines that carry the request."""

import io
import json
import logging
import subprocess
import sys
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from shared.archive import zip_archive
from shared.logs import JsonFormatter, request_id

documents = st.lists(
    st.tuples(st.from_regex(r"[a-z]{1,8}\.json", fullmatch=True), st.binary(max_size=200)),
    unique_by=lambda document: document[0],
    max_size=5,
)


@given(documents)
def test_equal_documents_give_equal_bytes_and_come_out_as_they_went_in(
    given_documents: list[tuple[str, bytes]],
) -> None:
    packed = zip_archive(given_documents)

    assert zip_archive(given_documents) == packed
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert [(name, archive.read(name)) for name in archive.namelist()] == given_documents


def test_a_log_line_is_json_with_the_request_id_and_the_facts() -> None:
    record = logging.makeLogRecord({"msg": "later %s", "args": ("on",), "queue": "planner.x"})
    token = request_id.set("req-1")
    try:
        line = json.loads(JsonFormatter("planner").format(record))
    finally:
        request_id.reset(token)

    assert line["message"] == "later on"
    assert line["request_id"] == "req-1"
    assert line["service"] == "planner"
    assert line["queue"] == "planner.x"


def test_a_log_line_with_what_json_does_not_know_is_still_one_line() -> None:
    record = logging.makeLogRecord({"msg": "a\nb", "what": {1, 2}})

    text = JsonFormatter("planner").format(record)

    assert "\n" not in text
    assert json.loads(text)["message"] == "a\nb"


_ALL_SAY_SOMETHING = """
import logging, warnings
import shared.service
shared.service.configure_logging("planner", "INFO")
for name in ("faststream", "uvicorn.error", "aio_pika", "pymongo", "shared.service"):
    logging.getLogger(name).error("from %s", name)
warnings.warn("from warnings")
"""


def test_the_lines_of_every_library_are_json_like_ours() -> None:
    said = subprocess.run(
        [sys.executable, "-c", _ALL_SAY_SOMETHING], capture_output=True, text=True, check=True
    )

    lines = [json.loads(line) for line in said.stdout.splitlines()]
    assert said.stderr == ""
    assert [line["message"] for line in lines[:-1]] == [
        f"from {name}"
        for name in ("faststream", "uvicorn.error", "aio_pika", "pymongo", "shared.service")
    ]
    assert "from warnings" in lines[-1]["message"]
    assert {line["service"] for line in lines} == {"planner"}
