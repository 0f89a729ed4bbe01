"""How each server of the native stack is started, asked and ended."""

import hashlib
import json
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stack import chroot, native_root, probes
from stack.paths import StackFolder
from stack.ports import Ports

POSTGRES_BIN = "/usr/lib/postgresql/18/bin"
CLUSTER = f"{chroot.DATA_INSIDE}/postgres/cluster"
RABBIT_HOME = f"{chroot.DATA_INSIDE}/rabbitmq"


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Server:
    """One server process."""

    name: str
    user: str
    ports: tuple[str, ...]
    command: list[str]
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], None] = _nothing
    once_ready: Callable[[], None] = _nothing
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 20

    def fingerprint(self) -> str:
        text = json.dumps([self.command, sorted(self.environment.items())])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def all_of(folder: StackFolder, ports: Ports) -> list[Server]:
    """In the order of starting; they end in the opposite one."""
    return [
        _rabbitmq(folder, ports),
        _postgres(folder, ports),
        _ferretdb(ports),
        _mailpit(ports),
    ]


def own(folder: StackFolder, server: str, user: str) -> Path:
    """The server's data folder, made for its user."""
    data = folder.data / server
    data.mkdir(parents=True, exist_ok=True)
    uid, gid = _ids(user)
    data.chmod(0o750)
    if data.stat().st_uid != uid:
        subprocess.run(["chown", "-R", f"{uid}:{gid}", str(data)], check=True)
    return data


def _ids(user: str) -> tuple[int, int]:
    """Of the root's user: its numbers need not be this machine's."""
    for line in (native_root.root() / "etc/passwd").read_text().splitlines():
        fields = line.split(":")
        if fields[0] == user:
            return int(fields[2]), int(fields[3])
    raise LookupError(user)


def _rabbitmq(folder: StackFolder, ports: Ports) -> Server:
    files = {
        "rabbitmq.conf": f"""\
listeners.tcp.1 = 127.0.0.1:{ports["amqp"]}
management.tcp.ip = 127.0.0.1
management.tcp.port = {ports["management"]}
distribution.listener.interface = 127.0.0.1
distribution.listener.port_range.min = {ports["distribution"]}
distribution.listener.port_range.max = {ports["distribution"]}
log.console = true
log.file = false
raft.wal_max_size_bytes = 64000000
""",
        "enabled_plugins": "[rabbitmq_management].\n",
    }

    def prepare() -> None:
        home = own(folder, "rabbitmq", "rabbitmq")
        for name, text in files.items():
            (home / name).write_text(text)

    return Server(
        name="rabbitmq",
        user="rabbitmq",
        ports=("amqp", "management", "distribution"),
        command=["/usr/lib/rabbitmq/bin/rabbitmq-server"],
        environment=_rabbitmq_environment(folder, ports),
        prepare=prepare,
        # The console is the last to come up, and the tests look at queues through it.
        ready=lambda: (
            probes.amqp_ok(ports["amqp"])
            and probes.http_ok(f"http://127.0.0.1:{ports['management']}/")
        ),
        grace=40,
    )


def _rabbitmq_environment(folder: StackFolder, ports: Ports) -> dict[str, str]:
    return {
        "HOME": RABBIT_HOME,
        "RABBITMQ_NODENAME": f"entrygo-{folder.name}@localhost",
        "RABBITMQ_MNESIA_BASE": f"{RABBIT_HOME}/data",
        "RABBITMQ_CONFIG_FILE": f"{RABBIT_HOME}/rabbitmq.conf",
        "RABBITMQ_CONFIG_FILES": f"{RABBIT_HOME}/conf.d",
        "RABBITMQ_ENABLED_PLUGINS_FILE": f"{RABBIT_HOME}/enabled_plugins",
        "RABBITMQ_LOG_BASE": f"{RABBIT_HOME}/log",
        "RABBITMQ_PID_FILE": f"{RABBIT_HOME}/pid",
        "RABBITMQ_CONF_ENV_FILE": "/nowhere",
        # A name server of its own: node names then meet no other stack's or cache folder's.
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(ports["epmd"]),
        # The script becomes the server itself, so the process we started is the one to end.
        "RUNNING_UNDER_SYSTEMD": "true",
    }


def _postgres(folder: StackFolder, ports: Ports) -> Server:
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
        if not made.exists():
            quietly = "set client_min_messages = error"
            create = f"{quietly}; create extension if not exists documentdb cascade"
            _inside(folder, [f"{POSTGRES_BIN}/psql", *address, "-qc", create, "postgres"])
            made.touch()

    return Server(
        name="postgres",
        user="postgres",
        ports=("postgres",),
        command=[f"{POSTGRES_BIN}/postgres", "-D", CLUSTER, *arguments],
        prepare=lambda: _prepare_cluster(folder),
        ready=lambda: _succeeds(folder, [f"{POSTGRES_BIN}/pg_isready", "-q", *address]),
        once_ready=once_ready,
        # Ends sessions instead of waiting for FerretDB to close its own.
        stop_signal=signal.SIGINT,
    )


def _prepare_cluster(folder: StackFolder) -> None:
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


def _ferretdb(ports: Ports) -> Server:
    database = f"postgres://postgres@127.0.0.1:{ports['postgres']}/postgres"
    return Server(
        name="ferretdb",
        user="postgres",
        ports=("mongo",),
        command=["/usr/local/bin/ferretdb", f"--postgresql-url={database}",
                 f"--listen-addr=127.0.0.1:{ports['mongo']}", "--debug-addr=-",
                 f"--state-dir={chroot.DATA_INSIDE}/ferretdb", "--no-auth",
                 "--telemetry=disable", "--log-level=WARN"],
        ready=lambda: probes.mongo_ok(ports["mongo"]),
    )  # fmt: skip


def _mailpit(ports: Ports) -> Server:
    return Server(
        name="mailpit",
        user="mail",
        ports=("smtp", "mailpit"),
        command=["/usr/local/bin/mailpit", "--listen", f"127.0.0.1:{ports['mailpit']}",
                 "--smtp", f"127.0.0.1:{ports['smtp']}", "--enable-chaos",
                 "--database", f"{chroot.DATA_INSIDE}/mailpit/mail.db",
                 # A load test's mails are counted, so none may be dropped.
                 "--max", "0", "--disable-version-check", "--smtp-disable-rdns", "--quiet"],
        ready=lambda: (
            probes.smtp_ok(ports["smtp"])
            and probes.http_ok(f"http://127.0.0.1:{ports['mailpit']}/readyz")
        ),
    )  # fmt: skip


def _inside(folder: StackFolder, command: list[str]) -> None:
    subprocess.run(
        chroot.inside(native_root.root(), command, user="postgres", data=folder.data),
        env=chroot.environment(HOME="/"),
        stdin=subprocess.DEVNULL,
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
