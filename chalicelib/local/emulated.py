"""A stage in the emulator: the packaged template deployed there, and what a person with a terminal could do to it."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import botocore.session

from chalicelib.aws.secrets import secret_id
from chalicelib.local import emulator
from chalicelib.local.lambdas import from_schedule
from chalicelib.local.packed import Packed

STACK, UPLOADS, PREFIX = "ackguard", "uploads", "ackguard/live/"
NOT_EMULATED = ("Budget", "ErrorsAlarm")
"""Budgets, and alarms over a sum of metrics: MiniStack 1.5 refuses a template that has them."""

SCHEDULED = {"Watch": "watch", "SettleStale": "settle_stale", "SealLedger": "seal_ledger"}
"""Lambdas by their names in the template that a schedule triggers, and the name of the schedule."""

SHARES = {"APIHandler": 6}
"""How many of a Lambda may run at once, by its name in the template; others two: each is a process of this small machine."""

TIMEOUT_S = 60
"""How long a Lambda may take there: its first call starts an interpreter, and a busy machine takes its time."""

BY_QUEUE = ("DecideMentions", "PostReplies", "AnnounceCases", "Rescue")
"""Lambdas by their names in the template that a queue triggers."""

_DEPLOY_S = 60.0


class NotDeployed(Exception):
    """The emulator did not take the template; the text says what it said."""


@dataclass
class EmulatedStage:
    """One stack at ``address``. ``secrets`` are its secrets by name, ``environment`` what its Lambdas are told besides."""

    address: str
    secrets: Mapping[str, str]
    environment: Mapping[str, str]
    sinks: Mapping[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    clients: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def client(self, service: str) -> Any:
        """A client of the emulator, which the environment names."""
        if service not in self.clients:
            self.clients[service] = botocore.session.get_session().create_client(service)
        return self.clients[service]

    @property
    def url(self) -> str:
        """Where the emulator serves the API of the stage."""
        return self._door(self.names["RestAPI"])

    def deploy(self, packed: Packed) -> None:
        """Create the secrets and the stack; raises NotDeployed."""
        s3, stacks = self.client("s3"), self.client("cloudformation")
        s3.create_bucket(Bucket=UPLOADS, CreateBucketConfiguration={"LocationConstraint": emulator.REGION})
        s3.put_object(Bucket=UPLOADS, Key="code", Body=(packed.folder / "deployment.zip").read_bytes())
        s3.put_object(
            Bucket=UPLOADS, Key="template", Body=json.dumps(self.adapted(packed.template, f"s3://{UPLOADS}/code")).encode()
        )
        stacks.create_stack(
            StackName=STACK,
            TemplateURL=f"{self.address}/{UPLOADS}/template",
            Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in self._given().items()],
        )
        ends = time.monotonic() + _DEPLOY_S
        while (status := stacks.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]).endswith("IN_PROGRESS"):
            if time.monotonic() > ends:
                raise NotDeployed(f"the emulator still says {status} after {_DEPLOY_S:.0f} s")
            time.sleep(0.1)
        if status != "CREATE_COMPLETE":
            raise NotDeployed(f"the emulator says {status}")
        self.find()

    def find(self) -> None:
        """Learn what the parts of the stack are called."""
        found = self.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
        self.names = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found}

    def run(self, name: str) -> None:
        """Invoke a scheduled Lambda now, as its schedule does once a minute; raises RuntimeError with what it raised."""
        payload = json.dumps(from_schedule(SCHEDULED[name], datetime.now(timezone.utc))).encode()
        answer = self.client("lambda").invoke(FunctionName=self.names[name], Payload=payload)
        if "FunctionError" in answer:
            raise RuntimeError(f"{name}: {answer['Payload'].read().decode()}")

    def read_replies(self, reads: bool) -> None:
        """Whether the queue of replies is read: while it is not, every reply stays in its hold."""
        client = self.client("lambda")
        for one in client.list_event_source_mappings(FunctionName=self.names["PostReplies"])["EventSourceMappings"]:
            client.update_event_source_mapping(UUID=one["UUID"], Enabled=reads)

    def wake(self) -> None:
        """Let every Lambda import what it needs, so that the first mention does not wait for it."""
        client = self.client("lambda")
        for name in BY_QUEUE:
            client.invoke(FunctionName=self.names[name], Payload=b'{"Records": []}')

    def log(self) -> str:
        """Everything that the Lambdas wrote."""
        logs = self.client("logs")
        groups = [one["logGroupName"] for one in logs.describe_log_groups()["logGroups"]]
        lines = [one["message"] for name in groups for one in logs.filter_log_events(logGroupName=name)["events"]]
        return "\n".join(lines)

    def _given(self) -> dict[str, str]:
        """The parameters of the stack; the secrets are made on the way."""
        made, client = dict[str, list[str]](), self.client("secretsmanager")
        for name, value in self.secrets.items():
            arn = client.create_secret(Name=PREFIX + secret_id(name), SecretString=value)["ARN"]
            made.setdefault(name.partition("/")[0], []).append(arn)
        given = {
            "AlarmEmail": "oncall@example.com",
            "Origin": "ledger.example.com/ackguard",
            "Publishers": "arn:aws:iam::000000000000:role/publishers",
            "LockMode": "GOVERNANCE",
            "Sinks": ",".join(self.sinks),
        }
        given |= {f"{kind.capitalize()}Secrets": ",".join(arns) for kind, arns in made.items()}
        return given | {f"Sink{name.capitalize()}": url for name, url in self.sinks.items()}

    def adapted(self, template: Mapping[str, Any], code: str) -> dict[str, Any]:
        """The template with the zip at ``code``, fewer processes, what the Lambdas are told besides, and the emulator's door."""
        adapted: dict[str, Any] = copy.deepcopy(dict(template))
        for name in NOT_EMULATED:
            del adapted["Resources"][name]
        for name, one in adapted["Resources"].items():
            if one["Type"] == "AWS::Serverless::Function":
                one["Properties"]["CodeUri"] = code
                _small(one["Properties"], SHARES.get(name, 2))
        adapted["Globals"]["Function"]["Environment"]["Variables"] |= self.environment
        adapted["Outputs"]["WebhookUrl"]["Value"] = {"Fn::Sub": f"{self._door('${RestAPI}')}/webhooks/"}
        return adapted

    def _door(self, api: str) -> str:
        return f"{self.address}/restapis/{api}/api/_user_request_"


def _small(function: dict[str, Any], share: int) -> None:
    function["ReservedConcurrentExecutions"], function["Timeout"] = share, TIMEOUT_S
    for source in function.get("Events", {}).values():
        if "ScalingConfig" in source["Properties"]:
            source["Properties"]["ScalingConfig"] = {"MaximumConcurrency": share}
