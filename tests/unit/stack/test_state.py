from pathlib import Path

import pytest
from stack import state
from stack.output import StackError
from stack.paths import StackFolder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StackFolder:
    monkeypatch.setenv("ENTRYGO_CACHE", str(tmp_path))
    found = StackFolder("unit")
    found.make()
    return found


def test_a_stack_is_what_it_was_last_asked_to_be(folder: StackFolder) -> None:
    asked = state.State(counts={"planner": 3}, gateway_port=3005)

    state.save(folder, asked)

    assert state.load(folder) == asked


def test_a_state_that_was_cut_short_is_no_state(folder: StackFolder) -> None:
    folder.state.write_text('{"counts": {')

    assert state.load(folder) == state.State()


@pytest.mark.parametrize("name", ["", "../x", "Demo", "a b", "a" * 30])
def test_a_name_that_could_leave_the_cache_folder_is_refused(name: str) -> None:
    with pytest.raises(StackError):
        StackFolder(name)
