"""A page on the standard input becomes a PDF on the standard output; run by printing.py.

A process of its own, so that memory and time are bounded by the system, and what kills it kills
nothing else. The page fetches nothing; fonts are those that `fonts.conf` beside this file names.
"""

import resource
import sys

MEMORY_BYTES = 2 * 1024**3  # of addresses; the largest page that is printed takes half of it


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    # Here, so that what the executor imports is small: Pango comes with it.
    from weasyprint import HTML  # type: ignore[import-untyped]  # noqa: PLC0415  # it has no types
    from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]  # noqa: PLC0415  # likewise

    page = sys.stdin.buffer.read().decode()
    nothing = URLFetcher(allowed_protocols=())
    HTML(string=page, url_fetcher=nothing).write_pdf(sys.stdout.buffer)


if __name__ == "__main__":
    main()
