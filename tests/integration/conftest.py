"""A planner and executors in this process, on the real servers; a certificate for a mail server."""

import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.messaging.rabbit import Messages
from shared.settings import CommonSettings
from shared.store import Store
from support.workshop import Workshop


@pytest.fixture
async def workshop(
    settings: CommonSettings, store: Store, messages: Messages
) -> AsyncIterator[Workshop]:
    workshop = await Workshop.open(settings, store, messages)
    yield workshop
    await workshop.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that nobody but its owner trusts, with its key."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", path, "-out", path.with_suffix(".crt")],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_bytes(path.read_bytes() + path.with_suffix(".crt").read_bytes())
    return path


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context
