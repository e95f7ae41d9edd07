"""The contract of ``ports.SecretSource``: two live secrets of a name, newest first."""

from __future__ import annotations

from typing import Protocol

import pytest

from chalicelib.ports import SecretKeeper


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
