"""The servers of one run in Docker, by testcontainers: on free ports, and gone afterwards."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack.docker import SERVERS
from stack.paths import REPOSITORY
from stack.ports import Ports
from stack.servers import Addresses, in_containers
from testcontainers.compose import DockerCompose

# Inside the containers; outside, Docker chooses.
INSIDE = {
    "amqp": ("rabbitmq", 5672),
    "management": ("rabbitmq", 15672),
    "mongo": ("mongo", 27017),
    "smtp": ("mailpit", 1025),
    "mailpit": ("mailpit", 8025),
}


@contextmanager
def composed(folder: Path) -> Iterator[Addresses]:
    """Where they are, once all are healthy."""
    project = f"entrygo-test-{uuid.uuid4().hex[:8]}"
    settings = folder / "compose.env"
    free = [f"ENTRYGO_{name.upper()}_PORT=0" for name in INSIDE]
    settings.write_text("\n".join([f"COMPOSE_PROJECT_NAME={project}", *free]))
    with DockerCompose(
        REPOSITORY,
        "docker-compose.yml",
        env_file=str(settings),
        services=list(SERVERS),
        wait=True,
        keep_volumes=False,
    ) as compose:
        found = {
            name: compose.get_service_host_and_port(*at)[1] or 0 for name, at in INSIDE.items()
        }
        command = compose.docker_compose_command()
        yield in_containers(Ports(project, found), command, "docker compose")
