"""The servers of the native stack."""

from stack import chroot, probes, secrets
from stack.native_postgres import postgres
from stack.native_server import Server, own
from stack.paths import StackFolder
from stack.ports import Ports

RABBIT_HOME = f"{chroot.DATA_INSIDE}/rabbitmq"


def all_of(folder: StackFolder, ports: Ports) -> list[Server]:
    """In the order of starting; they end in the opposite one."""
    return [
        _rabbitmq(folder, ports),
        postgres(folder, ports),
        _ferretdb(folder, ports),
        _mailpit(folder, ports),
    ]


def _rabbitmq(folder: StackFolder, ports: Ports) -> Server:
    files = _rabbitmq_files(folder, ports)

    def prepare() -> None:
        home = own(folder, "rabbitmq", "rabbitmq")
        for name, text in files.items():
            (home / name).write_text(text)  # the folder is the server's alone

    def once_ready() -> None:
        """What a running one of an earlier version was not given; and nobody is guest."""
        probes.rabbit_is_given(
            f"http://127.0.0.1:{ports['management']}",
            (secrets.ADMIN, secrets.passwords(folder)[secrets.ADMIN]),
            secrets.rabbit_definitions(folder),
        )

    return Server(
        name="rabbitmq",
        user="rabbitmq",
        ports=("amqp", "management", "distribution"),
        command=["/usr/lib/rabbitmq/bin/rabbitmq-server"],
        environment=_rabbitmq_environment(folder, ports),
        prepare=prepare,
        once_ready=once_ready,
        # One that was started with another administrator is started again.
        given=secrets.passwords(folder)[secrets.ADMIN],
        # The console is the last to come up, and the tests look at queues through it.
        ready=lambda: (
            probes.amqp_ok(ports["amqp"])
            and probes.http_ok(f"http://127.0.0.1:{ports['management']}/")
        ),
        grace=40,
    )


def _rabbitmq_files(folder: StackFolder, ports: Ports) -> dict[str, str]:
    return {
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
definitions.import_backend = local_filesystem
definitions.local.path = {RABBIT_HOME}/definitions.json
""",
        "enabled_plugins": "[rabbitmq_management].\n",
        # Read at each start; with it a new node has no guest.
        "definitions.json": secrets.rabbit_definitions(folder).decode(),
    }


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


def _ferretdb(folder: StackFolder, ports: Ports) -> Server:
    at = f"127.0.0.1:{ports['postgres']}/postgres"
    password = secrets.passwords(folder)[secrets.STORE]
    return Server(
        name="ferretdb",
        user="postgres",
        ports=("mongo",),
        command=["/usr/local/bin/ferretdb",
                 f"--listen-addr=127.0.0.1:{ports['mongo']}", "--debug-addr=-",
                 f"--state-dir={chroot.DATA_INSIDE}/ferretdb",
                 "--telemetry=disable", "--log-level=WARN"],
        environment={
            "FERRETDB_POSTGRESQL_URL": secrets.url("postgres", secrets.STORE, password, at)
        },
        ready=lambda: probes.mongo_ok(ports["mongo"]),
    )  # fmt: skip


def _mailpit(folder: StackFolder, ports: Ports) -> Server:
    password = secrets.passwords(folder)[secrets.MAILPIT]
    return Server(
        name="mailpit",
        user="mail",
        ports=("smtp", "mailpit"),
        command=["/usr/local/bin/mailpit", "--listen", f"127.0.0.1:{ports['mailpit']}",
                 "--smtp", f"127.0.0.1:{ports['smtp']}", "--enable-chaos",
                 "--database", f"{chroot.DATA_INSIDE}/mailpit/mail.db",
                 # A load test's mails are counted, so none may be dropped.
                 "--max", "0", "--disable-version-check", "--smtp-disable-rdns", "--quiet"],
        environment={"MP_UI_AUTH": f"{secrets.MAILPIT}:{password}"},
        ready=lambda: (
            probes.smtp_ok(ports["smtp"])
            and probes.http_ok(f"http://127.0.0.1:{ports['mailpit']}/readyz")
        ),
    )  # fmt: skip
