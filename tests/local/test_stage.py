"""A deployed stage is found by the name of its stack, and whoever cannot reach it is told why."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

import botocore.session
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from chalicelib import wiring
from chalicelib.cli.folder import DEFAULT
from chalicelib.cli.place import reached
from chalicelib.local import stage
from chalicelib.settings import PLACES

OUTPUTS = {stage.output_of(name): f"deployed-{number}" for number, name in enumerate(stage.NAMED)}
OUTPUTS |= {"WebhookUrl": "https://door.example/api/webhooks/", "Other": "else"}


@pytest.fixture
def stacks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """CloudFormation as a test has it answer; what is set in the environment is gone afterwards."""
    client = botocore.session.get_session().create_client(
        "cloudformation", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    monkeypatch.setattr(stage, "_cloudformation", lambda: client)
    before = dict(os.environ)
    with Stubber(client) as stubbed:
        yield stubbed
    os.environ.clear()
    os.environ.update(before)
    wiring.forget()


def describe(outputs: dict[str, str]) -> dict[str, object]:
    listed = [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()]
    return {
        "Stacks": [
            {"StackName": "s", "CreationTime": "2026-11-22T00:00:00Z", "StackStatus": "CREATE_COMPLETE", "Outputs": listed}
        ]
    }


def test_whoever_enters_a_stage_works_with_what_its_lambdas_are_told(stacks: Stubber, monkeypatch: pytest.MonkeyPatch) -> None:
    stacks.add_response("describe_stacks", describe(OUTPUTS), {"StackName": "ackguard-live"})
    monkeypatch.setenv("ACKGUARD_HOLD_S", "1")
    assert stage.enter("ackguard-live") == "https://door.example/api"
    settings = wiring.settings()
    assert settings.backend == "aws"
    assert dict(settings.places) == {name: OUTPUTS[stage.output_of(name)] for name in PLACES}
    assert (settings.origin, settings.engine) == (OUTPUTS["Origin"], OUTPUTS["Engine"])
    assert settings.limits.hold.total_seconds() == 90, "what this machine sets for itself does not count there"


def test_an_output_that_is_missing_is_named(stacks: Stubber) -> None:
    stacks.add_response("describe_stacks", describe({name: value for name, value in OUTPUTS.items() if name != "TableState"}))
    with pytest.raises(stage.NoStage, match=r"no output TableState;"):
        stage.enter("another")


@pytest.mark.parametrize(
    ("code", "says"),
    [("ValidationError", "no stack gone"), ("AccessDenied", "DescribeStacks"), ("ExpiredToken", "still valid")],
)
def test_what_aws_refuses_is_told_with_a_remedy(code: str, says: str, stacks: Stubber) -> None:
    stacks.add_client_error("describe_stacks", code, "arn:aws:secret-words")
    with pytest.raises(stage.NoStage, match=says) as told:
        stage.enter("gone")
    assert "secret-words" not in str(told.value)


def test_no_network_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nobody:
        def describe_stacks(self, **_: object) -> None:
            raise EndpointConnectionError(endpoint_url="https://x")

    monkeypatch.setattr(stage, "_cloudformation", Nobody)
    with pytest.raises(stage.NoStage, match="network"):
        stage.outputs_of("any")


def test_a_command_for_a_stage_is_told_of_its_stack_and_its_door(stacks: Stubber) -> None:
    stacks.add_response("describe_stacks", describe(OUTPUTS), {"StackName": "ackguard-live"})
    with reached(argparse.Namespace(stage="ackguard-live", data=DEFAULT)) as place:
        assert (place.stack, place.door, place.data) == ("ackguard-live", "https://door.example/api", None)
