"""Who ships a policy: the operating-system user on this machine, the caller that AWS's own token service names on a stage."""

from __future__ import annotations

import re

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.audit.record import Actor
from chalicelib.aws import clients
from chalicelib.local.actor import LONGEST, actor
from chalicelib.steps.approve import Person

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


class Nobody(Exception):
    """AWS does not say who is calling; the text says why."""


def here() -> Person:
    """The user of this machine, by number and never by what the environment says."""
    user = actor()
    return Person(actor=user, full=user.id)


def on_stage() -> Person:
    """The caller by the credentials in use; raises Nobody where AWS does not tell."""
    try:
        config = Config(connect_timeout=clients.CONNECT_S, read_timeout=10.0, retries={"total_max_attempts": 2})
        arn = str(botocore.session.get_session().create_client("sts", config=config).get_caller_identity()["Arn"])
    except (BotoCoreError, ClientError) as error:
        raise Nobody(f"AWS does not say who you are ({type(error).__name__}); log in with the aws command line") from None
    return of_arn(arn)


def of_arn(arn: str) -> Person:
    """The person of an ARN. The ledger gets its last part without a mail domain; two people are told apart by the whole part."""
    name = _UNSAFE.sub("-", arn.rsplit("/", 1)[-1].split("@")[0]).lstrip("._-")[:LONGEST]
    return Person(actor=Actor(type="person", id=name or "unknown"), full=arn)
