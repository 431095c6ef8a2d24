"""Stands in for a Kubernetes cluster: one namespace, one Deployment, its rollouts and pods."""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.rendered.stand_in import Cloud, Said

LOGIN, NAMESPACE = "apiVersion: v1\nkind: Config", "visit-forecast"
VERSION = "app.kubernetes.io/version"


@dataclass
class Rollout:
    """One state of the Deployment's pods."""

    number: int
    template: dict[str, Any]

    @property
    def version(self) -> str:
        version: str = self.template["metadata"]["labels"][VERSION]
        return version

    @property
    def commit(self) -> str:
        image: str = self.template["spec"]["containers"][0]["image"]
        return image.partition("@sha256:")[2].removesuffix("0" * 24)

    @property
    def disk(self) -> str:
        claims = [one.get("persistentVolumeClaim") for one in self.template["spec"]["volumes"]]
        return "".join(one["claimName"] for one in claims if one)


# What kubectl is asked of the deployment, and what answers it.
PATHS: dict[str, Callable[[Rollout], str]] = {
    r"{.metadata.annotations.deployment\.kubernetes\.io/revision}": lambda one: str(one.number),
    r"{.spec.template.metadata.labels.app\.kubernetes\.io/version}": lambda one: one.version,
    "{.spec.template.spec.volumes[*].persistentVolumeClaim.claimName}": lambda one: one.disk,
}
AUTOSCALER = ["HorizontalPodAutoscaler", "PodDisruptionBudget"]


@dataclass
class Cluster(Cloud):
    """Two pods of the newest rollout that became ready, and others that nobody should ask.

    Attributes:
        rollouts: All that were begun.
        ready: The last one that became ready.
        ending: The one before it, of which a pod is still there.
        objects: What was applied, by kind.
        wrong_pod: One that answers wrongly, whatever it runs.
        leaves: A pod that is taken away as soon as it is asked.
    """

    rollouts: list[Rollout] = field(default_factory=list)
    ready: Rollout | None = None
    ending: Rollout | None = None
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    wrong_pod: str = ""
    leaves: str = ""

    def running(self, place: str) -> str | None:
        if place == "ended":
            return self.ending.commit if self.ending else None
        return self.ready.commit if self.ready else None

    def is_wrong(self, place: str, commit: str) -> bool:
        return place == self.wrong_pod or super().is_wrong(place, commit)

    def command(self, words: list[str], text: str) -> Said:
        if words[:4] != ["--login", LOGIN, "--namespace", NAMESPACE]:
            return Said(status=1, error="You must be logged in to the server\n")
        newest = self.rollouts[-1] if self.rollouts else None
        return self.read(words[4:], newest) or self.write(words[4:], text)

    def read(self, words: list[str], newest: Rollout | None) -> Said | None:
        """Answer a question; None for what is no question."""
        match words:
            case ["get", "deployment", "app", "--ignore-not-found", "--output", jsonpath]:
                answer = PATHS[jsonpath.removeprefix("jsonpath=")]
                return Said(answer(newest) if newest else "")
            case ["get", "pod", pod, "--ignore-not-found", "--output", "name"]:
                return Said("" if pod == self.leaves else f"pod/{pod}\n")
            case ["get", "pods", "--selector", wanted, "--output", "json"]:
                return Said(json.dumps({"items": self.pods(wanted)}))
            case ["exec", pod, "--container", "app", "--", "python", *asked]:
                assert asked[3] == "http://127.0.0.1:8000"
                if pod == self.leaves:
                    return Said(status=1, error=f'pods "{pod}" not found\n')
                return Said(then=["python3", *asked[:3], f"{self.url}/{pod}", *asked[4:]])
        return None

    def write(self, words: list[str], text: str) -> Said:
        """Change something."""
        match words:
            case ["rollout", *more]:
                return self.roll(more)
            case ["apply", "--kustomize", "deploy/kubernetes/release"]:
                return self.apply(text)
            case ["apply", "--filename", one, "--filename", other]:
                assert one.endswith("/autoscaler.yaml")
                assert other.endswith("/disruption-budget.yaml")
                self.objects |= {kind: {} for kind in AUTOSCALER}
            case ["delete", *names, "--ignore-not-found"]:
                gone = {name.partition("/")[0] for name in names}
                left = {kind: one for kind, one in self.objects.items() if kind.lower() not in gone}
                self.objects = left
            case ["patch", "deployment", "app", "--patch", patch]:
                assert json.loads(patch)["spec"]["replicas"] == 1
                assert not set(AUTOSCALER) & set(self.objects), "it would be two again"
            case _:
                return Said(status=2, error=f"unknown: {words}\n")
        return Said()

    def roll(self, words: list[str]) -> Said:
        """Carry out `kubectl rollout`."""
        match words:
            case ["status", "deployment/app", "--timeout", "25m" | "30s"]:
                return self.settle()
            case ["restart", "deployment/app"]:
                self.did.append("restart")
                self.start(copy.deepcopy(self.rollouts[-1].template))
            case ["undo", "deployment/app", "--to-revision", number]:
                (old,) = [one for one in self.rollouts if one.number == int(number)]
                self.did.append(f"back to {number}")
                self.start(old.template)
            case _:
                return Said(status=2, error=f"unknown: rollout {words}\n")
        return Said()

    def apply(self, text: str) -> Said:
        """Take what kustomize rendered."""
        self.objects = {one["kind"]: one for one in yaml.safe_load_all(text)}
        template = copy.deepcopy(self.objects["Deployment"]["spec"]["template"])
        image = template["spec"]["containers"][0]["image"].partition("@")[0]
        self.did.append(f"apply {image} {Rollout(0, template).commit[0]}")
        if not self.rollouts or self.rollouts[-1].template != template:
            self.start(template)
        return Said()

    def live(self, commit: str, *, disk: bool = True) -> None:
        """Let a commit be live, on a disk or on Postgres."""
        image = f"ghcr.io/ada/visit-forecast@sha256:{commit}{'0' * 24}"
        volume = {"persistentVolumeClaim": {"claimName": "records"}} if disk else {"emptyDir": {}}
        spec = {"containers": [{"image": image}], "volumes": [{"name": "records"} | volume]}
        self.start({"metadata": {"labels": {VERSION: commit}}, "spec": spec})
        self.settle()

    def start(self, template: dict[str, Any]) -> None:
        """Begin to replace the pods."""
        self.rollouts.append(Rollout(len(self.rollouts) + 1, template))

    def settle(self) -> Said:
        """Replace the pods, if the new ones become ready."""
        newest = self.rollouts[-1]
        if newest.commit in self.fail_to_start:
            return Said(status=1, error="error: timed out waiting for the condition\n")
        if newest is not self.ready:
            self.ending, self.ready = self.ready, newest
        return Said()

    def pods(self, wanted: str) -> list[dict[str, Any]]:
        """Return the pods of a selector."""
        ready = {"conditions": [{"type": "Ready", "status": "True"}]}
        gone = {"name": "ended", "deletionTimestamp": "2026-11-27T00:00:00Z"}
        known = [
            (self.ready, {"name": "pod-1"}, ready),
            (self.ready, {"name": "pod-2"}, ready),
            (
                self.ready,
                {"name": "starting"},
                {"conditions": [{"type": "Ready", "status": "False"}]},
            ),
            (self.ready, {"name": "evicted"}, {"phase": "Failed"}),
            (self.ending, gone, ready),
        ]
        return [
            {"metadata": metadata, "status": status}
            for rollout, metadata, status in known
            if rollout and wanted == f"app.kubernetes.io/name=app,{VERSION}={rollout.version}"
        ]
