"""What `make contract` makes is committed as it is made."""

from contract.files import CLIENT, DEFINITIONS, PUBLISHED, made


def test_every_committed_file_is_the_made_one() -> None:
    paths = [DEFINITIONS, CLIENT / "types.py", *(CLIENT / "_sync").glob("*.py")]
    paths += [path for path in PUBLISHED.rglob("*") if path.is_file()]
    committed = {path: path.read_bytes() for path in paths}
    files = made()

    differing = [path.name for path in files if committed.get(path) != files[path]]

    assert differing == [], "make contract"
    assert set(committed) == set(files), "make contract"
