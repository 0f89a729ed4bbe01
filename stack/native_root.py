"""Installs the servers in a small Debian root, step by step.

RabbitMQ, PostgreSQL with DocumentDB, FerretDB and Mailpit. Each step leaves a mark, so an
interrupted run goes on where it was.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stack import apt, chroot, commands, paths
from stack.locks import locked
from stack.output import StackError, say, step

SUITE = "forky"
PACKAGES = ("postgresql-18-documentdb", "rabbitmq-server", "ca-certificates")
GO_PACKAGES = ("golang-1.26-go", "golang-go")
FERRETDB = "github.com/FerretDB/FerretDB/v2/cmd/ferretdb@v2.7.0"
MAILPIT = "github.com/axllent/mailpit@v1.27.11"
# Raised when a step changes, so that an older root is made again.
RECIPE = 1


@dataclass(frozen=True)
class Step:
    mark: str
    title: str
    run: Callable[[], None]


def root() -> Path:
    return paths.native() / "root"


def versions() -> dict[str, str]:
    """What is installed; empty while nothing or only a part is."""
    try:
        found = json.loads(_marker().read_text())
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict) or found.pop("recipe", None) != RECIPE:
        return {}
    return {str(name): str(version) for name, version in found.items()}


def impossible() -> str | None:
    """Why the native servers cannot run here; None when they can."""
    if os.geteuid() != 0:
        return "needs root"
    tools = ["unshare", "chroot", *([] if versions() else ["apt-get"])]
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        return f"needs Debian ({', '.join(missing)} not found)"
    # A container's root often may not.
    if not commands.succeeds(["unshare", "--mount", "--propagation", "private", "true"], {}):
        return "needs to be allowed to mount (a container needs --privileged)"
    return None


def ensure() -> Path:
    """The finished root, installed first where it is not."""
    if versions():
        return root()
    lock = paths.native() / "install.lock"
    with locked(lock, "another run is installing the servers", handed_down=True):
        if not versions():
            _install()
    return root()


def _marker() -> Path:
    return paths.native() / "installed.json"


def _marks() -> Path:
    return paths.native() / f"steps-{RECIPE}"


def _install() -> None:
    say("Installing the servers once (about three minutes, 1.5 GB) under " + str(paths.native()))
    if not root().exists():
        # Someone removed it: what was done in it is to be done again.
        commands.remove(_marks())
    steps = _steps()
    begun = time.monotonic()
    for number, one in enumerate(steps, start=1):
        mark = _marks() / one.mark
        if mark.exists():
            continue
        with step(f"[{number}/{len(steps)}] {one.title}"):
            one.run()
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    say(f"Servers installed in {time.monotonic() - begun:.0f} s")


def _steps() -> list[Step]:
    return [
        Step("debootstrap", "debootstrap on this machine", _get_debootstrap),
        Step("base", f"a small Debian {SUITE} root", _make_base),
        Step("packages", "PostgreSQL 18 with DocumentDB, RabbitMQ, Go", _install_packages),
        Step("ferretdb", "FerretDB, built from its module", lambda: _build(FERRETDB)),
        Step("mailpit", "Mailpit, built from its module", lambda: _build(MAILPIT)),
        Step("drop-go", "without the Go tool chain again", _drop_go),
        Step("versions", "what was installed, noted", _note_versions),
    ]


def _get_debootstrap() -> None:
    if shutil.which("debootstrap") is None:
        apt.install("debootstrap")


def _make_base() -> None:
    half_made = paths.native() / "root.partial"
    for folder in (half_made, root()):
        commands.remove(folder)
    scripts = Path("/usr/share/debootstrap/scripts")
    script = scripts / SUITE
    command = ["debootstrap", "--variant=minbase", SUITE, str(half_made)]
    if not script.exists():
        # Every suite younger than debootstrap itself is made as the unstable one is.
        command += [_host_mirror(), str(scripts / "sid")]
    half_made.parent.mkdir(parents=True, exist_ok=True)
    commands.run(command, dict(os.environ))
    _prepare(half_made)
    half_made.rename(root())


def _host_mirror() -> str:
    """The mirror this machine uses, else the one that debootstrap itself would take."""
    listing = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(ORIGIN)", "Created-By: Packages"],
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    for line in listing.splitlines():
        address, _, origin = line.partition(" ")
        if origin.strip() == "Debian" and address.rstrip("/").endswith("/debian"):
            return address.rstrip("/")
    return ""


def _prepare(base: Path) -> None:
    """What the root needs before packages go in."""
    for name in ("resolv.conf", "hosts"):
        shutil.copyfile(f"/etc/{name}", base / "etc" / name)
    files = {
        # No server may be started by its package: we start them ourselves.
        "usr/sbin/policy-rc.d": "#!/bin/sh\nexit 101\n",
        "etc/postgresql-common/createcluster.conf": "create_main_cluster = false\n",
        "etc/dpkg/dpkg.cfg.d/small-and-fast": "force-unsafe-io\n"
        "path-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\n"
        "path-exclude=/usr/share/locale/*\n",
        "etc/apt/apt.conf.d/90machine": _apt_settings(),
    }
    for name, text in files.items():
        target = base / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    (base / "usr/sbin/policy-rc.d").chmod(0o755)
    (base / "var/lib/entrygo").mkdir(parents=True, exist_ok=True)


def _apt_settings() -> str:
    """How this machine reaches its packages: proxies and the like."""
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False)
    kept = [line for line in dump.stdout.splitlines() if line.startswith("Acquire::http")]
    # A mirror that is frozen in time has a Release file that counts as expired.
    return "\n".join([*kept, 'Acquire::Check-Valid-Until "false";', ""])


def _install_packages() -> None:
    _inside(["apt-get", "update"])
    # Goes on where an interrupted run stopped.
    _inside(["dpkg", "--configure", "-a"])
    install = ["apt-get", "install", "-y", "--no-install-recommends", "-f"]
    _inside([*install, *PACKAGES, _go_package()])
    # Copied, never mounted: installing ca-certificates rewrites the bundle in place,
    # and a machine may trust an authority of its own.
    bundle = Path("/etc/ssl/certs/ca-certificates.crt")
    if bundle.exists():
        shutil.copyfile(bundle, root() / bundle.relative_to("/"))


def _go_package() -> str:
    for name in GO_PACKAGES:
        if commands.succeeds(
            chroot.inside(root(), ["apt-cache", "show", name]), chroot.environment()
        ):
            return name
    raise StackError(f"none of {', '.join(GO_PACKAGES)} is to be had from Debian {SUITE}")


def _build(module: str) -> None:
    compilers = sorted((root() / "usr/lib").glob("go-1.*/bin"))
    path = "/" + str(compilers[-1].relative_to(root())) if compilers else "/usr/lib/go/bin"
    environment = chroot.environment(CGO_ENABLED="0", GOTOOLCHAIN="local",
                                     GOFLAGS="-buildvcs=false", GOBIN="/usr/local/bin")  # fmt: skip
    environment["PATH"] = f"{path}:{environment['PATH']}"
    commands.run(chroot.inside(root(), ["go", "install", "-ldflags=-s -w", module]), environment)


def _drop_go() -> None:
    _inside(["apt-get", "purge", "-y", "--auto-remove", "golang-*"])
    _inside(["apt-get", "clean"])
    for folder in ("root/go", "root/.cache", "var/lib/apt/lists"):
        commands.remove(root() / folder)


def _note_versions() -> None:
    names = {"PostgreSQL": "postgresql-18", "DocumentDB": "postgresql-18-documentdb",
             "RabbitMQ": "rabbitmq-server", "Erlang": "erlang-base"}  # fmt: skip
    found: dict[str, str | int] = {"recipe": RECIPE}
    for title, package in names.items():
        query = ["dpkg-query", "-W", "-f", "${Version}", package]
        found[title] = subprocess.run(
            chroot.inside(root(), query), env=chroot.environment(), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    found["FerretDB"], found["Mailpit"] = FERRETDB.split("@v")[1], MAILPIT.split("@v")[1]
    draft = _marker().with_suffix(".draft")
    draft.write_text(json.dumps(found, indent=2))
    draft.replace(_marker())


def _inside(command: list[str]) -> None:
    commands.run(chroot.inside(root(), command), chroot.environment())
