"""Command lines that run inside the Debian root.

Each runs in a mount namespace of its own: the mounts end with the process, however it ends,
so nothing is left behind that a later start or a removal could trip over.
"""

import os
from pathlib import Path

DATA_INSIDE = "/var/lib/entrygo"

_ENTER = """
set -e
root=$1; data=$2; user=$3; shift 3
mount --bind /proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
for each in "$data"/*/; do  # each by itself: into the folder above them nobody else may
  [ -n "$data" ] && [ -d "$each" ] || continue
  inside=$root/var/lib/entrygo/$(basename "$each")
  mkdir -p "$inside"
  mount --rbind "$each" "$inside"
done
if [ "$user" = root ]; then
  exec chroot "$root" "$@"
fi
exec chroot "$root" setpriv --reuid="$user" --regid="$user" --clear-groups -- "$@"
"""

# What a build needs to reach its registry through the machine's own settings.
_PASSED_ON = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
              "GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE")  # fmt: skip


def inside(
    root: Path, command: list[str], *, user: str = "root", data: Path | None = None
) -> list[str]:
    """The command as it is started from outside; the process keeps the id it was started with."""
    enter = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _ENTER, "sh"]
    return [*enter, str(root), str(data or ""), user, *command]


def environment(**more: str) -> dict[str, str]:
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "DEBIAN_FRONTEND": "noninteractive",
        **passed,
        **more,
    }
