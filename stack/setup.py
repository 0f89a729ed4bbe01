"""Makes .venv with exactly the pinned packages; does nothing when nothing changed."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from stack import apt, paths
from stack.locks import locked
from stack.output import StackError, say, step

VENV = paths.REPOSITORY / ".venv"
PINS = paths.REPOSITORY / "requirements" / "dev.txt"
STAMP = VENV / ".entrygo-setup"
OLDEST = (3, 11)


def ensure() -> None:
    if sys.version_info < OLDEST:
        raise StackError("Python 3.11 or newer is needed; make PYTHON=/path/to/python3 setup")
    if _done():
        return
    with locked(paths.cache() / "setup.lock", "another run is setting up"):
        if not _done():
            _make()


def members() -> list[Path]:
    """The workspace's packages, as they are installed: editable, without their dependencies."""
    repository = paths.REPOSITORY
    folders = [repository / "shared", *sorted((repository / "services").iterdir())]
    folders += sorted((repository / "clients").iterdir())
    return [folder for folder in folders if (folder / "pyproject.toml").exists()]


def _make() -> None:
    say("Setting up .venv")
    if not _usable():
        with step("a virtual environment"):
            _make_venv()
    uv = str(VENV / "bin" / "uv")
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV), "UV_PYTHON_DOWNLOADS": "never"}
    with step("the pinned packages"):
        _run([uv, "pip", "sync", "-q", "--require-hashes", str(PINS)], environment)
    with step("the services, editable"):
        editable = [word for folder in members() for word in ("-e", str(folder))]
        install = ["pip", "install", "-q", "--no-deps", "--no-build-isolation"]
        _run([uv, *install, *editable], environment)
    STAMP.write_text(_wanted())


def _done() -> bool:
    try:
        return STAMP.read_text() == _wanted() and _usable()
    except OSError:
        return False


def _wanted() -> str:
    """Names everything that the finished environment depends on."""
    inputs = [PINS, *(folder / "pyproject.toml" for folder in members())]
    text = "".join(f"{path}\n{path.read_text()}" for path in inputs)
    return hashlib.sha256(f"{sys.version}\n{text}".encode()).hexdigest()


def _usable() -> bool:
    """A half-made environment, or one whose Python went away, is not."""
    for program in ("python", "uv"):
        command = [str(VENV / "bin" / program), "--version"]
        try:
            if subprocess.run(command, capture_output=True, check=False).returncode != 0:
                return False
        except OSError:
            return False
    return True


def _make_venv() -> None:
    _ensure_venv_module()
    shutil.rmtree(VENV, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(VENV)])
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pins:
        pins.write(_uv_pin())
        pins.flush()
        pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "-q"]
        _run([*pip, "--disable-pip-version-check", "--require-hashes", "-r", pins.name])


def _uv_pin() -> str:
    """Uv's own lines of the pinned packages, hashes included."""
    found = re.search(r"^uv==.*(?:\n .*)*", PINS.read_text(), re.MULTILINE)
    if found is None:
        raise StackError(f"{PINS} pins no uv: make requirements")
    return found.group()


def _ensure_venv_module() -> None:
    """Debian ships venv and pip apart from Python."""
    present = subprocess.run([sys.executable, "-c", "import venv, ensurepip"],
                             capture_output=True, check=False)  # fmt: skip
    if present.returncode == 0:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise StackError("this Python has no venv module: install python3-venv and python3-pip")
    # The package that fits the Python that runs, which need not be the default one.
    apt.install(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, env=environment, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise StackError(f"failed (exit {done.returncode}): {' '.join(command[:6])} ...")
