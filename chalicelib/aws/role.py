"""What a Lambda's own role may sign with, as the secret of the one sink that speaks to AWS itself: never stored, never kept."""

from __future__ import annotations

import json

import botocore.session

from chalicelib.domain.webhook import Secrets
from chalicelib.ports import Unavailable

NAME = "sink/eventbridge"


def as_secret() -> Secrets:
    """The credentials of this process, as ``sinks/eventbridge.py`` reads them; raises Unavailable where there are none."""
    session = botocore.session.get_session()
    found = session.get_credentials()
    if found is None:
        raise Unavailable("no credentials")
    keys = found.get_frozen_credentials()
    told = {"key": keys.access_key, "secret": keys.secret_key, "region": session.get_config_variable("region")}
    return Secrets((json.dumps({**told, "token": keys.token} if keys.token else told),))
