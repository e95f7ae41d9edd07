"""Which place each Lambda must be told of, and that nobody pays for AWS who does not use it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError

import pytest

from chalicelib import wiring
from chalicelib.aws.store import DynamoStore
from chalicelib.settings import NEEDS as LAMBDAS
from chalicelib.settings import PLACES, WrongSettings, read_settings

WATCH = {
    *("TABLE_STATE", "TABLE_LEDGER", "TABLE_PRIVATE", "TABLE_CONTROL"),
    *("QUEUE_ANNOUNCEMENTS", "BUCKET", "KEY_PUBLISHER", "SECRETS_PREFIX"),
}
NEEDS: dict[str, set[str]] = {
    "receiving": {"QUEUE_MENTIONS", "SECRETS_PREFIX"},
    "deciding": {
        *("TABLE_STATE", "TABLE_LEDGER", "TABLE_PRIVATE", "TABLE_CONTROL", "TABLE_TREE"),
        *("QUEUE_REPLIES", "QUEUE_ANNOUNCEMENTS", "BUCKET", "KEY_PUBLISHER"),
    },
    "posting": {
        *("TABLE_STATE", "TABLE_LEDGER", "TABLE_PRIVATE", "TABLE_CONTROL"),
        *("QUEUE_REPLIES", "QUEUE_ANNOUNCEMENTS", "SECRETS_PREFIX"),
    },
    "announcing": {
        *("TABLE_STATE", "TABLE_LEDGER", "TABLE_PRIVATE", "TABLE_CONTROL"),
        *("QUEUE_ANNOUNCEMENTS", "QUEUE_DEAD_LETTERS", "SECRETS_PREFIX"),
    },
    "sequencing": {"TABLE_TREE"},
    "sealing": {"TABLE_TREE", "BUCKET", "KEY_SEALER"},
    **dict.fromkeys(("watching", "surging", "keeping"), WATCH),
}


@pytest.fixture
def on_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    for name in [name for name in os.environ if name.startswith("ACKGUARD_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ACKGUARD_BACKEND", "aws")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "as-a-lambda-has-them")
    wiring.forget()
    yield monkeypatch
    wiring.forget()


def ports_of(name: str) -> Callable[[], object]:
    made: Callable[[], object] = getattr(wiring, f"for_{name}")
    return made


@pytest.mark.parametrize("name", sorted(NEEDS))
def test_all_missing_places_of_a_lambda_are_told_at_once_and_no_others(name: str, on_aws: pytest.MonkeyPatch) -> None:
    with pytest.raises(WrongSettings) as caught:
        ports_of(name)()
    assert {part.split(":")[0] for part in str(caught.value).split("; ")} == {f"ACKGUARD_{need}" for need in NEEDS[name]}


@pytest.mark.parametrize("name", sorted(set(NEEDS) - {"deciding", "surging", "keeping"}))
def test_a_lambda_needs_no_place_but_its_own_and_calls_nobody_when_it_is_wired(name: str, on_aws: pytest.MonkeyPatch) -> None:
    on_aws.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    for need in NEEDS[name]:
        on_aws.setenv(f"ACKGUARD_{need}", "somewhere")
    wiring.forget()
    assert ports_of(name)()
    assert wiring.now().tzinfo is not None


def test_places_are_settings_and_secrets_are_not() -> None:
    given = {name: f"value of {name}" for name in PLACES}
    assert read_settings({"ACKGUARD_BACKEND": "aws", **given}).places == given
    with pytest.raises(WrongSettings, match="ACKGUARD_TABLE_OTHER"):
        read_settings({"ACKGUARD_TABLE_OTHER": "x"})
    assert not [name for name in PLACES if "SECRET" in name and name != "ACKGUARD_SECRETS_PREFIX"]


@pytest.mark.parametrize("name", sorted(LAMBDAS))
def test_a_lambda_is_told_of_its_own_places_whatever_else_is_set(name: str, on_aws: pytest.MonkeyPatch) -> None:
    for place in PLACES:
        on_aws.setenv(place, "somewhere")
    own = wiring.settings(name)
    assert set(own.places) == set(LAMBDAS[name])
    with pytest.raises(FrozenInstanceError):
        own.backend = "embedded"  # type: ignore[misc]
    with pytest.raises(TypeError):
        own.places["ACKGUARD_TABLE_STATE"] = "another"  # type: ignore[index]


def test_the_backend_reaches_only_what_it_is_told_of(on_aws: pytest.MonkeyPatch) -> None:
    on_aws.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    on_aws.setenv("ACKGUARD_TABLE_TREE", "deployed-tree")
    wiring.forget()
    store = wiring.for_sequencing().store
    assert isinstance(store, DynamoStore)
    assert store._tables == {"tree": "deployed-tree"}


def test_who_runs_on_this_machine_never_imports_botocore() -> None:
    program = (
        "import sys, app; from chalicelib import wiring; import chalicelib.embedded.store, chalicelib.steps.decide; "
        "sys.exit(any(name.startswith(('botocore.', 'boto3')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
