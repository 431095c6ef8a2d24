"""Stands in for Cloud Run: its services as `gcloud` shows them, and the revisions that answer."""

import json
from dataclasses import dataclass, field
from typing import Any

import jsonschema
import yaml

from tests.rendered.schemas import CLOUD_RUN
from tests.rendered.stand_in import Cloud, Said

PROJECT, SERVICE, REGION = "ada-project", "visit-forecast", "europe-west1"
PLACE = ["--project", PROJECT, "--region", REGION, "--quiet"]


def digest(commit: str) -> str:
    """Return what the registry calls the image of a commit."""
    return f"sha256:{commit}{'0' * 24}"


@dataclass
class CloudRun(Cloud):
    """One service, its revisions, and who gets the visitors."""

    wrong_for_visitors: frozenset[str] = frozenset()
    exists: bool = True
    commits: dict[str, str] = field(default_factory=dict)
    traffic: list[dict[str, Any]] = field(default_factory=list)

    def live(self, revision: str, commit: str) -> None:
        """Let a revision have all visitors."""
        self.commits[revision] = commit
        self.traffic = [{"revisionName": revision, "percent": 100, "latestRevision": True}]

    def running(self, place: str) -> str | None:
        if place == "live":
            (place,) = [one["revisionName"] for one in self.traffic if one.get("percent")][:1]
        return self.commits.get(place)

    def is_wrong(self, place: str, commit: str) -> bool:
        visitors = place == "live" and commit in self.wrong_for_visitors
        return visitors or super().is_wrong(place, commit)

    def command(self, words: list[str], text: str) -> Said:
        match words:
            case ["auth", "configure-docker", registry, "--quiet"]:
                self.did.append(f"log in to {registry}")
                return Said()
            case ["run", "services", verb, what, *more] if all(word in more for word in PLACE):
                if not self.exists:
                    return Said(status=1, error=f"Cannot find service [{SERVICE}]\n")
                rest = [word for word in more if word not in PLACE]
                return self.services(verb, what, rest, text)
        return Said(status=2, error=f"unknown: {words}\n")

    def services(self, verb: str, what: str, rest: list[str], text: str) -> Said:
        """Carry out `gcloud run services`."""
        match [verb, what, *rest]:
            case ["describe", "visit-forecast", "--format", "json"]:
                shown = [self.shown(one) for one in self.traffic]
                return Said(json.dumps({"status": {"url": f"{self.url}/live", "traffic": shown}}))
            case ["replace", _]:
                return self.replace(text)
            case ["update-traffic", "visit-forecast", "--to-revisions", shares]:
                self.did.append(f"visitors to {shares}")
                self.traffic = [
                    {"revisionName": name, "percent": int(share)}
                    for name, _, share in (one.partition("=") for one in shares.split(","))
                ]
                return Said()
        return Said(status=2, error=f"unknown: {verb} {what} {rest}\n")

    def shown(self, target: dict[str, Any]) -> dict[str, Any]:
        """Return a target as shown: without a share of nothing, a tag with its address."""
        seen = {key: value for key, value in target.items() if value != 0}
        if "tag" in target:
            seen["url"] = f"{self.url}/{target['revisionName']}"
        return seen

    def replace(self, text: str) -> Said:
        """Take a new description of the service."""
        service = yaml.safe_load(text)
        jsonschema.validate(service, CLOUD_RUN)
        assert service["metadata"]["name"] == SERVICE
        template = service["spec"]["template"]
        revision, image = template["metadata"]["name"], template["spec"]["containers"][0]["image"]
        assert "PROJECT" not in template["spec"]["serviceAccountName"]
        commit = image.partition("@sha256:")[2].removesuffix("0" * 24)
        self.did.append(f"start {image.partition('@')[0]} {commit[0]}")
        assert revision not in self.commits, "a revision can't be changed"
        known = {*self.commits, revision}
        assert all(one["revisionName"] in known for one in service["spec"]["traffic"])
        assert sum(one["percent"] for one in service["spec"]["traffic"]) == 100
        self.traffic = service["spec"]["traffic"]
        if commit in self.fail_to_start:
            return Said(status=1, error=f"Revision '{revision}' is not ready\n")
        self.commits[revision] = commit
        return Said()
