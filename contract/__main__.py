"""Writes every made file, and removes the ones that are made no more."""

from contract.files import PUBLISHED, made

if __name__ == "__main__":
    files = made()
    for old in PUBLISHED.rglob("*.*"):
        if old not in files:
            old.unlink()
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
