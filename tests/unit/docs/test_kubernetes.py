"""deploy/kubernetes is valid, and says of queues, settings and times what the code says.

No cluster is asked: Kubernetes' own kinds are checked by its schemas, KEDA's by hand.
"""

from typing import Any

import kubernetes_validate
import pytest
import yaml

from planner.settings import Queues
from shared.messaging import topology
from shared.settings import CommonSettings
from support.pages import REPOSITORY
from unit.docs.test_operating import SETTINGS, defaults

FOLDER = REPOSITORY / "deploy" / "kubernetes"
SERVICES = ("gateway", *topology.WORKERS)
KUBERNETES = "1.34"


def documents() -> list[dict[str, Any]]:
    [kustomization] = yaml.safe_load_all((FOLDER / "kustomization.yaml").read_text())
    return [
        document
        for name in kustomization["resources"]
        for document in yaml.safe_load_all((FOLDER / name).read_text())
    ]


def of(kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in documents() if one["kind"] == kind}


@pytest.mark.parametrize(
    "document",
    [one for one in documents() if "keda.sh" not in one["apiVersion"]],
    ids=lambda one: f"{one['kind']} {one['metadata']['name']}",
)
def test_what_kubernetes_knows_is_valid_by_its_schema(document: dict[str, Any]) -> None:
    kubernetes_validate.validate(document, KUBERNETES, strict=True)


def test_a_wrong_field_is_found() -> None:
    wrong = of("Deployment")["gateway"]
    wrong["spec"]["template"]["spec"]["terminationGracePeriod"] = 40

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES, strict=True)


def test_each_service_is_deployed_with_a_budget_and_a_scaler() -> None:
    scaled = of("ScaledObject").keys() | of("HorizontalPodAutoscaler").keys()

    assert of("Deployment").keys() == of("PodDisruptionBudget").keys() == scaled == set(SERVICES)


def test_each_service_is_told_its_own_secret_and_shows_prometheus_its_own_port() -> None:
    for name, deployment in of("Deployment").items():
        template = deployment["spec"]["template"]
        [container] = template["spec"]["containers"]
        secret = [one["secretRef"]["name"] for one in container["envFrom"] if "secretRef" in one]
        named = {port["name"]: str(port["containerPort"]) for port in container["ports"]}
        told = of("ConfigMap")["entrygo"]["data"]
        assert secret == [f"entrygo-{name.removesuffix('-large')}"]
        assert named == {"http": told["ENTRYGO_HTTP_PORT"], "metrics": told["ENTRYGO_METRICS_PORT"]}
        scraped = template["metadata"]["annotations"]["prometheus.io/port"]
        assert scraped == named["metrics"]
    for service in of("Service").values():
        assert {port["targetPort"] for port in service["spec"]["ports"]} == {"http"}


def test_each_queue_scales_its_worker_by_all_that_is_not_done() -> None:
    asked = {
        trigger["metadata"]["queueName"]: (name, trigger["type"], trigger["metadata"])
        for name, scaled in of("ScaledObject").items()
        for trigger in scaled["spec"]["triggers"]
    }

    assert asked.keys() == topology.BY_QUEUE.keys()
    for queue, (service, kind, metadata) in asked.items():
        assert (service, kind) == (topology.BY_QUEUE[queue].worker, "rabbitmq")
        assert (metadata["protocol"], metadata["excludeUnacknowledged"]) == ("http", "false")
        at_once = topology.BY_QUEUE[queue].at_once(CommonSettings().prefetch)
        assert int(metadata["value"]) < at_once


def test_the_settings_are_ours() -> None:
    known = {name for each in SETTINGS for name in defaults(each)}

    assert of("ConfigMap")["entrygo"]["data"].keys() <= known


def test_a_pod_is_given_longer_to_stop_than_its_process_takes() -> None:
    for name, deployment in of("Deployment").items():
        pod = deployment["spec"]["template"]["spec"]
        [container] = pod["containers"]
        waits = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {"seconds": 0})
        graceful = CommonSettings().graceful_timeout.total_seconds()

        assert pod["terminationGracePeriodSeconds"] > graceful + waits["seconds"] + 5, name


def test_the_deployments_differ_in_their_name_and_their_share_alone() -> None:
    planner, *others = (of("Deployment")[name] for name in topology.WORKERS)

    def common(deployment: dict[str, Any]) -> Any:
        name = deployment["metadata"]["name"]
        [container] = deployment["spec"]["template"]["spec"]["containers"]
        container["resources"] = None
        container.pop("env", None)
        if name == "planner-large":
            container["image"] += "-large"  # one program, told which queues are its own
            container["envFrom"][-1]["secretRef"]["name"] += "-large"
        return yaml.safe_load(yaml.safe_dump(deployment).replace(name, "worker"))

    assert all(common(other) == common(planner) for other in others)


def test_each_queue_of_the_planner_is_read_by_one_of_its_two_deployments() -> None:
    told = {
        name: of("Deployment")[name]["spec"]["template"]["spec"]["containers"][0]["env"]
        for name in ("planner", "planner-large")
    }

    assert told == {
        "planner": [{"name": "PLANNER_QUEUES", "value": Queues.SMALL}],
        "planner-large": [{"name": "PLANNER_QUEUES", "value": Queues.LARGE}],
    }
