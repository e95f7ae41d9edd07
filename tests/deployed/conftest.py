"""The package, deployed into an emulator of its own by the commands of infra/README.md: nothing else has made this stage."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.cli.emulation import DATA
from chalicelib.domain import keys
from chalicelib.domain.facts import Wait
from chalicelib.local import emulator
from chalicelib.local import stage as stages
from chalicelib.local.emulated import PREFIX, STACK, UPLOADS, EmulatedStage
from chalicelib.local.emulated_service import PACKAGE
from chalicelib.local.packed import MISSING, Packed, can_pack
from chalicelib.local.packed import packed as packing
from chalicelib.local.policies import POLICIES
from chalicelib.local.sandbox import Sandbox
from chalicelib.ports import Put
from chalicelib.steps.rows import to_row
from tests import pack as policies
from tests.deployed.runbook import Runbook

ACCOUNT, BRAND = "1001", "northwind-bank"
WEBHOOK_SECRET = "the secret of the webhook"
AWS_ACCOUNT = "000000000000"


@pytest.fixture(scope="session")
def packed() -> Packed:
    """Where ``ackguard run --backend ministack`` packs as well: it is packed once for all tests here."""
    if not can_pack():
        pytest.skip(MISSING)
    return packing(DATA / PACKAGE)


def now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass
class Stage(EmulatedStage):
    """The stage of these tests, the sandbox that its replies go to, and what the page said on the way, by section."""

    sandbox: Sandbox | None = None
    said: dict[str, str] = field(default_factory=dict)

    def head(self) -> dict[str, Any]:
        """How far the ledger is sequenced and sealed."""
        return dict(wiring.deployed().store.read([keys.head()]).get(keys.head(), {"next": 0, "sealed": 0}))

    def person(self, name: str) -> dict[str, str]:
        """The keys of somebody in the role of the publishers, whom AWS calls by this name."""
        role = f"arn:aws:iam::{AWS_ACCOUNT}:role/publishers"
        given = self.client("sts").assume_role(RoleArn=role, RoleSessionName=name)["Credentials"]
        names = {
            "AccessKeyId": "AWS_ACCESS_KEY_ID",
            "SecretAccessKey": "AWS_SECRET_ACCESS_KEY",
            "SessionToken": "AWS_SESSION_TOKEN",
        }
        return {variable: given[name] for name, variable in names.items()}


@pytest.fixture(scope="session")
def runbook(tmp_path_factory: pytest.TempPathFactory) -> Runbook:
    """Somebody who is about to deploy, with a policy that is small: what the shipped ones decide is proved elsewhere."""
    folder = tmp_path_factory.mktemp("runbook")
    voices = {f"voices/{name}": (POLICIES / "voices" / name).read_text() for name in ("tone.en.yaml",)}
    voices["voices/plain.en.yaml"] = policies.VOICE.read_text()
    for name, text in {**policies.files(), **voices}.items():
        file = folder / "policies" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    words = {"eu-central-1": emulator.REGION, "ackguard-live": STACK, "my-uploads": UPLOADS, "123456789012": AWS_ACCOUNT}
    return Runbook(folder, {}, words | {"policy publish": "policy publish policies"})


@pytest.fixture(scope="session")
def stage(packed: Packed, runbook: Runbook, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The page from its top until one account is live."""
    if not emulator.COMMAND.exists():
        pytest.skip(emulator.MISSING)
    sandbox = Sandbox(now)
    sandbox.start()
    told = {"ACKGUARD_HOLD_S": "1", "ACKGUARD_ENDPOINT_X": sandbox.url}
    before = dict(os.environ)
    with emulator.ministack(tmp_path_factory.mktemp("stage")) as address:
        os.environ.update(emulator.client_environment(address))
        try:
            made = Stage(address, {}, told, sandbox=sandbox)
            deploy(made, runbook, packed)
            go_live(made, runbook)
            yield made
        finally:
            os.environ.clear()
            os.environ.update(before)
            wiring.forget()
            sandbox.stop()


def deploy(stage: Stage, runbook: Runbook, packed: Packed) -> None:
    """The page, until the stack stands. What an emulator has not is taken out of the template first."""
    runbook.environment = emulator.client_environment(stage.address)
    made = runbook.folder / "build/package"
    made.mkdir(parents=True)
    shutil.copy(packed.folder / "deployment.zip", made)
    (made / "sam.yaml").write_text(json.dumps(stage.adapted(packed.template, "./deployment.zip")))
    region = {"LocationConstraint": emulator.REGION}
    stage.client("s3").create_bucket(Bucket=UPLOADS, CreateBucketConfiguration=region)
    for name, value in (("webhook/x", WEBHOOK_SECRET), (f"keeping/x/{ACCOUNT}", f"{ACCOUNT}-" + "b" * 30)):
        stage.client("secretsmanager").create_secret(Name=PREFIX + name, SecretString=value)
    runbook.do("Deploying Ackguard")
    for section in ("Secrets", "Package and deploy"):
        stage.said[section] = runbook.do(section)
    stage.find()
    stages.enter(STACK)


def go_live(stage: Stage, runbook: Runbook) -> None:
    """A policy by two people, a rota, the shadow week, one account live; and a ledger that beats and is sealed."""
    grant = {"consumer_key": "k" * 24, "consumer_secret": "s" * 24, "token": f"{ACCOUNT}-" + "t" * 24, "token_secret": "u" * 24}
    (runbook.folder / "grant.json").write_text(json.dumps(grant))
    stage.said["Look it over"] = runbook.do("Look it over")
    agree(runbook, runbook.do("The first policy", person=stage.person("ana")))
    stage.said["alone"] = runbook.run("ackguard policy approve HASH --flips N --stage $STACK 2>&1", 1, stage.person("ana"))
    stage.said["The first policy"] = runbook.do("The first policy", 1, person=stage.person("ben"))
    runbook.do("The first week: shadow")
    stage.said["shadow"] = runbook.run("ackguard mode x/1001 --stage $STACK")
    runbook.do("Go live")
    wait = keys.wait(BRAND)
    wiring.backend().store.commit([Put(wait, to_row(Wait(p80_minutes=35), key=wait))])
    stage.run("Watch")


def agree(runbook: Runbook, proposed: str) -> None:
    """What the page leaves open for the second person, from what the first one was told."""
    words = proposed.split("ackguard policy approve ", 1)[1].split()
    runbook.words |= {"HASH": words[0], "N": words[2]}
