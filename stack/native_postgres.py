"""PostgreSQL with DocumentDB, which asks everyone for a password, its own workers too."""

import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Final

from stack import chroot, native_root, secrets
from stack.native_server import Server, ids, own
from stack.paths import StackFolder
from stack.ports import Ports

POSTGRES_BIN = "/usr/lib/postgresql/18/bin"
CLUSTER = f"{chroot.DATA_INSIDE}/postgres/cluster"
PASSWORD_FILE = {"PGPASSFILE": f"{chroot.DATA_INSIDE}/postgres/pgpass"}
_WORKER: Final = "documentdb_bg_worker_role"  # that makes indexes beside everything


def postgres(folder: StackFolder, ports: Ports) -> Server:
    password = secrets.passwords(folder)[secrets.STORE]
    address = ["-h", "127.0.0.1", "-p", str(ports["postgres"]), "-U", "postgres"]
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(ports["postgres"]),
        # No socket, no socket's lock file to be left behind.
        "unix_socket_directories": "",
        "shared_preload_libraries": "pg_cron,pg_documentdb_core,pg_documentdb",
        "cron.database_name": "postgres",
        "cron.host": "127.0.0.1",
        "cron.log_run": "off",
        "cron.log_statement": "off",
        "max_connections": "200",
    }
    arguments = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def once_ready() -> None:
        made = folder.data / "postgres" / "extension-made"
        said = "set client_min_messages = error;"
        if not made.exists():
            said += "create extension if not exists documentdb cascade;"
        said += f"alter role {_WORKER} password '{password}';"
        psql = [f"{POSTGRES_BIN}/psql", *address, "-q", "-v", "ON_ERROR_STOP=1", "postgres"]
        _inside(folder, psql, say=said, **PASSWORD_FILE)
        made.touch()

    return Server(
        name="postgres",
        user="postgres",
        ports=("postgres",),
        command=[f"{POSTGRES_BIN}/postgres", "-D", CLUSTER, *arguments],
        # DocumentDB and its jobs connect to their own server; so does FerretDB.
        environment=PASSWORD_FILE,
        prepare=lambda: _prepare_cluster(folder, password),
        ready=lambda: _succeeds(folder, [f"{POSTGRES_BIN}/pg_isready", "-q", *address]),
        once_ready=once_ready,
        # Ends sessions instead of waiting for FerretDB to close its own.
        stop_signal=signal.SIGINT,
    )


def _prepare_cluster(folder: StackFolder, password: str) -> None:
    home = own(folder, "postgres", "postgres")
    cluster = home / "cluster"
    if not cluster.exists():
        # Renamed when whole, so that an interrupted one is made again.
        half_made = "cluster.partial"
        subprocess.run(["rm", "-rf", str(home / half_made)], check=True)
        target = f"{chroot.DATA_INSIDE}/postgres/{half_made}"
        initdb = [f"{POSTGRES_BIN}/initdb", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        _inside(folder, [*initdb, "-D", target])
        (home / half_made).rename(cluster)
    _drop_stale_lock(cluster / "postmaster.pid")
    kept = home / "pgpass"
    line = f"*:*:*:*:{password}\n"
    if not kept.exists() or kept.read_text() != line:
        _ask_for_passwords(folder, cluster, password)
        secrets.write_private(kept, line)
        shutil.chown(kept, *ids("postgres"))


def _ask_for_passwords(folder: StackFolder, cluster: Path, password: str) -> None:
    """Of everyone who connects; also in a cluster that an earlier version made open."""
    single = [f"{POSTGRES_BIN}/postgres", "--single", "-D", CLUSTER, "postgres"]
    _inside(folder, single, say=f"alter role {secrets.STORE} password '{password}'\n")
    (cluster / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n")


def _drop_stale_lock(lock: Path) -> None:
    """PostgreSQL takes any live process with the id in its lock for an earlier server."""
    try:
        pid = int(lock.read_text().splitlines()[0])
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    except (OSError, ValueError, IndexError):
        name = ""
    # A live one of that name is an end still under way, or another's: PostgreSQL decides.
    if name != "postgres":
        lock.unlink(missing_ok=True)


def _inside(
    folder: StackFolder, command: list[str], say: str | None = None, **environment: str
) -> None:
    subprocess.run(
        chroot.inside(native_root.root(), command, user="postgres", data=folder.data),
        env=chroot.environment(HOME="/", **environment),
        **({"stdin": subprocess.DEVNULL} if say is None else {"input": say.encode()}),
        capture_output=True,
        check=True,
        timeout=120,
    )


def _succeeds(folder: StackFolder, command: list[str]) -> bool:
    try:
        _inside(folder, command)
    except subprocess.SubprocessError:
        time.sleep(0.1)
        return False
    return True
