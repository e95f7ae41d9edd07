"""One botocore client per service and process, made when it is first asked for."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import botocore.session
from botocore.config import Config

Service = Literal["dynamodb", "kms", "s3", "secretsmanager", "sqs"]

CONNECT_S, READ_S = 1.0, 3.0
"""No answer is waited for longer; botocore's own minute is longer than any Lambda here may live."""


@cache
def client(service: Service) -> Any:
    """The client; region, credentials and endpoint come from the environment, as botocore has it.

    One attempt for each call: botocore's own repeats know neither our deadline nor which answer is final.
    """
    config = Config(connect_timeout=CONNECT_S, read_timeout=READ_S, retries={"total_max_attempts": 1}, tcp_keepalive=True)
    return botocore.session.get_session().create_client(service, config=config)
