"""A page as Chromium shows and prints it: screenshots, PDF, and the text of each printed page."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

HINT = "install it with: apt-get install -y chromium poppler-utils fonts-noto-core fonts-noto-cjk"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)


class ToolMissing(AssertionError):
    """A tool of the suite is not installed."""


def screenshot(page: Path, image: Path, *, width: int, height: int) -> None:
    _chromium(page.resolve().as_uri(), f"--screenshot={image}", f"--window-size={width},{height}")


def print_pdf(page: Path, pdf: Path, *, paper: str) -> None:
    """Print on `A4` or `letter`: what a person chooses in the print dialog, said by a rule here."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "page.html"
        html = page.read_text(encoding="utf-8")
        unlocked = re.sub(r"style-src '[^']*'", "style-src 'unsafe-inline'", html, count=1)
        sized = unlocked.replace("</head>", f"<style>@page {{ size: {paper} }}</style></head>", 1)
        copy.write_text(sized, encoding="utf-8")
        _chromium(copy.resolve().as_uri(), f"--print-to-pdf={pdf}", "--no-pdf-header-footer")


def shown(url: str) -> str:
    """A page's HTML once its script has run."""
    return _chromium(url, "--dump-dom")


def pdf_pages(pdf: Path) -> list[str]:
    """The text of each page, laid out as printed."""
    text = _run(_tool("pdftotext"), "-layout", str(pdf), "-")
    return text.removesuffix("\f").split("\f")


def pdf_images(pdf: Path, prefix: Path) -> None:
    _run(_tool("pdftoppm"), "-r", "80", "-png", str(pdf), str(prefix))


def _chromium(url: str, *arguments: str) -> str:
    with tempfile.TemporaryDirectory() as profile:
        own = (f"--user-data-dir={profile}", *arguments)
        return _run(_tool(*NAMES), *FLAGS, *own, url)


def _tool(*names: str) -> str:
    found = next((path for name in names if (path := shutil.which(name))), None)
    if not found:
        raise ToolMissing(f"{names[0]} is missing; {HINT}")
    return found


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stderr
    return done.stdout
