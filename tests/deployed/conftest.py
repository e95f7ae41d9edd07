"""The package, deployed into an emulator of its own: nothing of this process runs there but what was packed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import botocore.session
import pytest

from chalicelib import wiring
from chalicelib.audit.record import Actor
from chalicelib.aws import clients
from chalicelib.domain import keys
from chalicelib.domain.facts import Control, Rota, Wait
from chalicelib.local.lambdas import from_schedule
from chalicelib.local.sandbox import Sandbox
from chalicelib.ports import Put
from chalicelib.steps import publish
from chalicelib.steps.rows import to_row
from tests import pack as policies
from tests.aws import emulator
from tests.infra import conftest as packing
from tests.infra.conftest import Packed
from tests.simulation.world import CREDENTIALS

STACK, UPLOADS = "ackguard", "uploads"
ACCOUNT, BRAND = "1001", "northwind-bank"
WEBHOOK_SECRET = "the secret of the webhook"
NOT_EMULATED = ("Budget", "ErrorsAlarm")
"""Budgets, and alarms over a sum of metrics: MiniStack 1.5 refuses a template that has them."""

pack, packed = packing.pack, packing.packed


def now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass
class Stage:
    """One deployed stack: what a person with a terminal could do to it, and where platforms reach it."""

    address: str
    sandbox: Sandbox
    names: dict[str, str] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        return botocore.session.get_session().create_client(service)

    @property
    def url(self) -> str:
        """Where the emulator serves the stage's API."""
        return f"{self.address}/restapis/{self.names['RestAPI']}/api/_user_request_"

    def deploy(self, packed: Packed) -> None:
        s3, secrets = self.client("s3"), self.client("secretsmanager")
        s3.create_bucket(Bucket=UPLOADS, CreateBucketConfiguration={"LocationConstraint": emulator.REGION})
        s3.put_object(Bucket=UPLOADS, Key="code", Body=(packed.folder / "deployment.zip").read_bytes())
        template = self._adapted(packed.template)
        s3.put_object(Bucket=UPLOADS, Key="template", Body=json.dumps(template).encode())
        webhook = secrets.create_secret(Name="ackguard/live/webhook/x", SecretString=WEBHOOK_SECRET)["ARN"]
        posting = secrets.create_secret(Name=f"ackguard/live/posting/x/{ACCOUNT}", SecretString=CREDENTIALS)["ARN"]
        given = {
            "AlarmEmail": "oncall@example.com",
            "Origin": "ledger.example.com/ackguard",
            "Publishers": "arn:aws:iam::000000000000:role/publishers",
            "WebhookSecrets": webhook,
            "PostingSecrets": posting,
            "LockMode": "GOVERNANCE",
        }
        stacks = self.client("cloudformation")
        stacks.create_stack(
            StackName=STACK,
            TemplateURL=f"{self.address}/{UPLOADS}/template",
            Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
        )
        self._await_stack(stacks)
        found = stacks.describe_stack_resources(StackName=STACK)["StackResources"]
        self.names = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found}

    def _adapted(self, template: dict[str, Any]) -> dict[str, Any]:
        """The template with the zip's place, a short hold, and a sandbox where X would be."""
        copy: dict[str, Any] = json.loads(json.dumps(template))
        for name in NOT_EMULATED:
            del copy["Resources"][name]
        for one in copy["Resources"].values():
            if one["Type"] == "AWS::Serverless::Function":
                one["Properties"]["CodeUri"] = f"s3://{UPLOADS}/code"
        copy["Globals"]["Function"]["Environment"]["Variables"] |= {
            "ACKGUARD_HOLD_S": "1",
            "ACKGUARD_ENDPOINT_X": self.sandbox.url,
        }
        return copy

    @staticmethod
    def _await_stack(stacks: Any) -> None:
        ends = time.monotonic() + 60
        while (status := stacks.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]).endswith("IN_PROGRESS"):
            assert time.monotonic() < ends
            time.sleep(0.1)
        assert status == "CREATE_COMPLETE"

    def told(self, *lambdas: str) -> dict[str, str]:
        """The environment of deployed Lambdas, all together."""
        functions, found = self.client("lambda"), dict[str, str]()
        for name in lambdas:
            found |= functions.get_function_configuration(FunctionName=self.names[name])["Environment"]["Variables"]
        return found

    def run(self, name: str, trigger: str) -> None:
        """Invoke a scheduled Lambda now, as its schedule does once a minute; raises AssertionError with what it raised."""
        payload = json.dumps(from_schedule(trigger, now())).encode()
        answer = self.client("lambda").invoke(FunctionName=self.names[name], Payload=payload)
        assert "FunctionError" not in answer, answer["Payload"].read().decode()

    def staff(self) -> None:
        """A policy in force, an account that is live, people on shift, and a ledger that beats and is sealed."""
        backend, engine = wiring.deployed(), wiring.settings().engine
        ports = publish.PublishPorts(
            store=backend.store, artefacts=backend.artefacts, signer=backend.publisher, entropy=os.urandom
        )
        publish.run(policies.compiled_for(engine), engine, Actor(type="person", id="ana"), ports, now())
        control, rota, wait = keys.control("x", ACCOUNT), keys.rota(BRAND), keys.wait(BRAND)
        on_shift = Rota(on_shift=4, until=now() + timedelta(days=30), next_shift=None)
        backend.store.commit(
            [
                Put(control, to_row(Control(version=1, mode="live"), key=control)),
                Put(rota, to_row(on_shift, key=rota)),
                Put(wait, to_row(Wait(p80_minutes=35), key=wait)),
            ]
        )
        self.run("Watch", "watch")

    def head(self) -> dict[str, Any]:
        """How far the ledger is sequenced and sealed."""
        return dict(wiring.deployed().store.read([keys.head()]).get(keys.head(), {"next": 0, "sealed": 0}))

    def log(self) -> str:
        """Everything that the Lambdas wrote."""
        logs = self.client("logs")
        groups = [one["logGroupName"] for one in logs.describe_log_groups()["logGroups"]]
        lines = [one["message"] for name in groups for one in logs.filter_log_events(logGroupName=name)["events"]]
        return "\n".join(lines)


@pytest.fixture(scope="module")
def stage(packed: Packed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    if not emulator.COMMAND.exists():
        pytest.skip(emulator.MISSING)
    sandbox = Sandbox(now)
    sandbox.start()
    with emulator.ministack(tmp_path_factory.mktemp("stage")) as address, pytest.MonkeyPatch.context() as patch:
        for name, value in emulator.client_environment(address).items():
            patch.setenv(name, value)
        clients.client.cache_clear()
        made = Stage(address, sandbox)
        made.deploy(packed)
        for name, value in made.told("DecideMentions", "SealLedger").items():
            patch.setenv(name, value)
        wiring.forget()
        try:
            made.staff()
            yield made
        finally:
            wiring.forget()
            clients.client.cache_clear()
            sandbox.stop()
