"""A deployed stage, found by the name of its stack: what its Lambdas are told of, a person at a terminal is told of too."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import wiring
from chalicelib.aws import clients
from chalicelib.settings import ENGINE, ORIGIN, PLACES

NAMED = (*PLACES, ORIGIN, ENGINE)
"""The settings that a stack gives as outputs."""


DOOR = "WebhookUrl"
"""The output that says where platforms deliver."""


class NoStage(Exception):
    """The stage cannot be reached, or is none of ours; the text says why and what to do."""


def output_of(setting: str) -> str:
    """The output of the template that holds a setting: ``ACKGUARD_TABLE_STATE`` is ``TableState``."""
    return "".join(word.capitalize() for word in setting.removeprefix("ACKGUARD_").split("_"))


def enter(stack: str) -> str:
    """From here on this process works on the stage as its Lambdas do, with the rights of whoever runs it; raises NoStage.

    Gives the address of its door, without a slash at the end.
    """
    found = outputs_of(stack)
    for name in [name for name in os.environ if name.startswith("ACKGUARD_")]:
        del os.environ[name]
    os.environ.update(environment_of(found))
    clients.client.cache_clear()
    wiring.forget()
    return found[DOOR].removesuffix("/webhooks/")


def environment_of(outputs: Mapping[str, str]) -> dict[str, str]:
    """The settings that the outputs of a stack give."""
    return {"ACKGUARD_BACKEND": "aws", **{setting: outputs[output_of(setting)] for setting in NAMED}}


def outputs_of(stack: str) -> dict[str, str]:
    """The outputs of the stack of a stage; raises NoStage.

    Region and credentials are those of AWS's own tools: ``AWS_REGION``, ``AWS_PROFILE`` and the rest.
    """
    try:
        described = _cloudformation().describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        raise NoStage(_refused(stack, str(error.response.get("Error", {}).get("Code")))) from None
    except BotoCoreError as error:
        raise NoStage(f"AWS cannot be asked for {stack} ({type(error).__name__}): {_remedy(error)}") from None
    outputs = {str(one["OutputKey"]): str(one["OutputValue"]) for one in described.get("Outputs", ())}
    if missing := [name for name in (DOOR, *map(output_of, NAMED)) if name not in outputs]:
        raise NoStage(f"the stack {stack} has no output {', '.join(missing)}; is it one of ours, and deployed by this version?")
    return outputs


def _cloudformation() -> Any:
    # AWS's command line knows both names, botocore only the older one
    if region := os.environ.get("AWS_REGION"):
        os.environ.setdefault("AWS_DEFAULT_REGION", region)
    config = Config(connect_timeout=clients.CONNECT_S, read_timeout=10.0, retries={"total_max_attempts": 2})
    return botocore.session.get_session().create_client("cloudformation", config=config)


def _refused(stack: str, code: str) -> str:
    if code == "ValidationError":
        return f"there is no stack {stack} in this account and region; `aws cloudformation list-stacks` shows those there are"
    if code in ("AccessDenied", "AccessDeniedException"):
        return f"you may not see the stack {stack}: ask for cloudformation:DescribeStacks on it"
    return f"AWS refuses to describe the stack {stack} ({code}); are your credentials still valid?"


def _remedy(error: BotoCoreError) -> str:
    if type(error).__name__ == "NoRegionError":
        return "set AWS_REGION, or a region in the profile"
    if "Credential" in type(error).__name__ or "Profile" in type(error).__name__:
        return "set AWS_PROFILE, or log in with the aws command line"
    return "is the network up, and AWS_REGION right?"
