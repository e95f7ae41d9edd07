"""The contract of ``ports.Artefacts``: named bytes that never change."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.ports import Artefacts


class ArtefactsContract:
    @pytest.fixture
    def artefacts(self) -> Artefacts:
        raise NotImplementedError("a subclass gives an empty place for artefacts")

    def test_what_was_put_is_got(self, artefacts: Artefacts) -> None:
        for name, content in (("bundle/ab12.json", b"{}"), ("checkpoint", b""), ("tile/0/x001/067.p-5", bytes(range(256)))):
            artefacts.put(name, content)
            assert artefacts.get(name) == content

    def test_a_name_that_is_not_there_gives_none(self, artefacts: Artefacts) -> None:
        artefacts.put("tile/0", b"x")
        assert artefacts.get("tile") is None
        assert artefacts.get("tile/0/1") is None
        assert artefacts.get("other") is None

    def test_the_same_bytes_again_are_fine_and_others_are_refused(self, artefacts: Artefacts) -> None:
        artefacts.put("a", b"one")
        artefacts.put("a", b"one")
        with pytest.raises(ValueError, match="other bytes"):
            artefacts.put("a", b"two")
        assert artefacts.get("a") == b"one"

    def test_of_many_at_once_with_other_bytes_one_wins(self, artefacts: Artefacts) -> None:
        barrier = threading.Barrier(16)

        def put(number: int) -> bytes | None:
            content = str(number).encode()
            barrier.wait()
            try:
                artefacts.put("raced", content)
            except ValueError:
                return None
            return content

        with ThreadPoolExecutor(16) as pool:
            winners = [content for content in pool.map(put, range(16)) if content]
        assert winners == [artefacts.get("raced")]
