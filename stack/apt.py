"""Debian packages on this machine: used only where the tool they bring is missing."""

import os
import shutil
import tempfile
from ctypes.util import find_library
from pathlib import Path

from stack import commands, paths
from stack.locks import locked
from stack.output import StackError, say, step

# What the suite looks at pages with: the tool (any of its names), and its packages. The fonts
# have no tool; they come with the browser, which shows boxes for other scripts without them.
TEST_TOOLS = {
    ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"): (
        "chromium",
        "fonts-noto-core",
        "fonts-noto-cjk",
    ),
    ("pdftotext",): ("poppler-utils",),
}


# What the executor prints PDFs with (services/executor/src/executor/fonts.conf), by a file of it or
# by the library's name.
PRINTING = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf": "fonts-noto-core",
    "/usr/share/fonts/truetype/noto/NotoSansMono-Regular.ttf": "fonts-noto-mono",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc": "fonts-noto-cjk",
}


def ensure_printing() -> None:
    """What only the PDFs need; where it cannot be installed, that is said, and all else works."""
    missing = [
        package
        for sign, package in PRINTING.items()
        if not (Path(sign).exists() if sign.startswith("/") else find_library(sign))
    ]
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        say(f"PDFs of invoices need {', '.join(missing)}, which only root can install")
        return
    waiting = "another run is installing packages"
    with (
        locked(paths.cache() / "apt.lock", waiting, handed_down=True),
        step(f"Debian packages for PDFs: {', '.join(missing)}"),
    ):
        install(*missing)


def ensure_test_tools() -> None:
    promtool()
    ensure_printing()
    missing = [
        package
        for names, packages in TEST_TOOLS.items()
        if not any(shutil.which(name) for name in names)
        for package in packages
    ]
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise StackError(f"the suite needs a browser and poppler: install {', '.join(missing)}")
    waiting = "another run is installing packages"
    with (
        locked(paths.cache() / "apt.lock", waiting, handed_down=True),
        step(f"Debian packages for the suite: {', '.join(missing)}"),
    ):
        install(*missing)


def install(*packages: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # A package manager that someone else is using is waited for.
    patient = ["-o", "DPkg::Lock::Timeout=300"]
    command = ["apt-get", "install", *patient, "-y", "--no-install-recommends", *packages]
    # An old or absent package list is the usual reason to fail, and costs some seconds to renew.
    if not commands.succeeds(command, environment):
        commands.run(["apt-get", "update"], environment)
        commands.run(command, environment)


def promtool() -> Path | None:
    """The tool that the suite evaluates alerts with; None where it cannot be had.

    Taken out of Debian's package and not installed: that would start a Prometheus.
    """
    if found := shutil.which("promtool"):
        return Path(found)
    tool = paths.cache() / "bin" / "promtool"
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        return tool if tool.exists() else None
    with locked(paths.cache() / "apt.lock", "another run is installing packages", handed_down=True):
        if not tool.exists():
            with step("promtool, out of Debian's package"):
                _unpack("prometheus", "./usr/bin/promtool", tool)
    return tool


def _unpack(package: str, member: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        download = ["sh", "-c", 'cd "$1" && apt-get download "$2"', "sh", folder, package]
        if not commands.succeeds(download, dict(os.environ)):
            commands.run(["apt-get", "update"], dict(os.environ))
            commands.run(download, dict(os.environ))
        [archive] = Path(folder).glob("*.deb")
        commands.run(["dpkg-deb", "-x", str(archive), folder], dict(os.environ))
        (Path(folder) / member).replace(target)
