"""The contract of ``ports.SecretSource``: two live secrets of a name, newest first."""

from __future__ import annotations

import json
import re
from typing import Protocol

import pytest

from chalicelib.domain.limits import Limits
from chalicelib.domain.webhook import RawWebhook, Secrets
from chalicelib.embedded.memory import START, memory_ports
from chalicelib.local.stream.signing import x_headers
from chalicelib.platforms.x import PLATFORM as X
from chalicelib.ports import SecretKeeper
from chalicelib.steps import receive
from tests.platforms.webhook_kit import reservation


class SecretsBench(Protocol):
    """A source that has ``webhook/x``, and the operator's side of it."""

    source: SecretKeeper

    def rotate(self, name: str) -> str: ...


class SecretsContract:
    @pytest.fixture
    def bench(self) -> SecretsBench:
        raise NotImplementedError("a subclass gives a source with webhook/x in it")

    def test_a_name_that_is_not_there_has_no_secret(self, bench: SecretsBench) -> None:
        assert bench.source.get("webhook/nobody").values == ()

    def test_after_a_rotation_both_are_live_newest_first_and_after_two_the_oldest_is_dead(self, bench: SecretsBench) -> None:
        (oldest,) = bench.source.get("webhook/x").values
        second = bench.rotate("webhook/x")
        assert bench.source.get("webhook/x").values == (second, oldest)
        third = bench.rotate("webhook/x")
        assert bench.source.get("webhook/x").values == (third, second)

    def test_what_is_put_is_newest_and_the_one_before_stays_live(self, bench: SecretsBench) -> None:
        (oldest,) = bench.source.get("webhook/x").values
        bench.source.put("webhook/x", "renewed-1")
        assert bench.source.get("webhook/x").values == ("renewed-1", oldest)
        bench.source.put("webhook/x", "renewed-2")
        assert bench.source.get("webhook/x").values == ("renewed-2", "renewed-1")

    def test_no_secret_is_ever_printed(self, bench: SecretsBench) -> None:
        (secret,) = bench.source.get("webhook/x").values
        assert secret not in repr(bench.source.get("webhook/x"))
        assert secret not in repr(bench.source)

    def test_no_webhook_is_refused_while_its_secret_rotates(self, bench: SecretsBench) -> None:
        """The platform goes on with the old secret until it is given the new one."""
        memory = memory_ports()
        ports = receive.ReceivePorts(mentions=memory.mentions, secrets=bench.source, platforms={"x": X})

        def answer(secret: str) -> int:
            headers = x_headers(b"{}", Secrets((secret,)))
            raw = RawWebhook(platform="x", method="POST", headers=headers, query={}, body=b"{}", received_at=START)
            return receive.run(raw, ports, Limits(), START).answer.status

        (old,) = bench.source.get("webhook/x").values
        assert answer(old) == 202
        new = bench.rotate("webhook/x")
        assert (answer(old), answer(new)) == (202, 202)
        newest = bench.rotate("webhook/x")
        assert (answer(old), answer(new), answer(newest)) == (401, 202, 202)
        memory.store.close()

    def test_no_reply_is_refused_while_the_secret_that_posts_rotates(self, bench: SecretsBench) -> None:
        """The other way round: the platform knows the new grant first, and ends the old one when everybody has the new one."""

        def grant(name: str) -> str:
            return json.dumps({"consumer_key": "app", "consumer_secret": "s", "token": name, "token_secret": "t"})

        def posted_with() -> str:
            request = X.post_request(reservation(), X.endpoint, bench.source.get("posting/x/1001"), START, "nonce")
            (token,) = re.findall(r'oauth_token="([^"]+)"', request.headers["authorization"])
            return str(token)

        bench.source.put("posting/x/1001", grant("first"))
        known = {"first"}
        assert posted_with() in known
        known = {"first", "second"}
        bench.source.put("posting/x/1001", grant("second"))
        assert posted_with() in known
        known = {"second"}
        assert posted_with() in known
