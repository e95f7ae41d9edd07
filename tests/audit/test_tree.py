"""The tree: every size below 40, against the recursive definition of RFC 6962, and against wrong proofs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest

from chalicelib.audit.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    root,
)

MOST = 40
LEAVES = [leaf_hash(f"leaf {number}".encode()) for number in range(MOST)]


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + defined_root(leaves[:split]) + defined_root(leaves[split:])).digest()


def test_the_empty_tree_and_the_empty_leaf_are_the_known_ones() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


def test_the_roots_are_those_of_the_certificate_transparency_test_vectors() -> None:
    """The eight leaves and roots that every CT implementation carries in its tests."""
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    roots = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }
    hashes = [leaf_hash(bytes.fromhex(leaf)) for leaf in leaves]
    assert {size: root(hashes[:size]).hex() for size in roots} == roots


@pytest.mark.parametrize("size", range(MOST))
def test_the_frontier_gives_the_defined_root_however_it_grew(size: int) -> None:
    for first in range(size + 1):
        grown = Frontier().extend(LEAVES[:first]).extend(LEAVES[first:size])
        assert (grown.size, grown.root()) == (size, defined_root(LEAVES[:size]))
        assert Frontier.read(grown.size, grown.texts) == grown


@pytest.mark.parametrize("size", range(1, MOST))
def test_every_leaf_is_proved_and_no_other_passes(size: int) -> None:
    top = root(LEAVES[:size])
    for index in range(size):
        proof = inclusion_proof(LEAVES[:size], index)
        assert is_included(LEAVES[index], index, size, proof, top)
        assert not is_included(leaf_hash(b"another"), index, size, proof, top)
        assert not is_included(LEAVES[index], index, size, (*proof, top), top)
        assert not is_included(LEAVES[index], index, size, proof, leaf_hash(b"another root"))
        assert not any(is_included(LEAVES[index], other, size, proof, top) for other in range(-1, size + 1) if other != index)
        if proof:
            assert not is_included(LEAVES[index], index, size, proof[:-1], top)
            assert not is_included(LEAVES[index], index, size, (bytes(32), *proof[1:]), top)


@pytest.mark.parametrize("size", range(1, MOST))
def test_every_older_tree_is_a_proved_prefix_and_no_fork_is(size: int) -> None:
    top = root(LEAVES[:size])
    for old in range(1, size + 1):
        proof = consistency_proof(LEAVES[:size], old)
        before = root(LEAVES[:old])
        fork = root([*LEAVES[: old - 1], leaf_hash(b"rewritten")])
        assert is_consistent(old, before, size, top, proof)
        assert not is_consistent(old, fork, size, top, proof)
        assert not is_consistent(old, before, size, leaf_hash(b"another root"), proof)
        assert not is_consistent(old, before, size, top, (*proof, top))
        assert not is_consistent(size + 1, before, size, top, proof)
        assert not is_consistent(0, before, size, top, proof)
        for place in range(len(proof)):
            changed = (*proof[:place], bytes(32), *proof[place + 1 :])
            assert not is_consistent(old, before, size, top, changed)
            assert not is_consistent(old, before, size, top, proof[:place] + proof[place + 1 :])


def test_what_the_tree_never_had_has_no_proof() -> None:
    for index in (-1, 3):
        with pytest.raises(ValueError, match="not in the tree"):
            inclusion_proof(LEAVES[:3], index)
    for size in (0, 4):
        with pytest.raises(ValueError, match="never had this size"):
            consistency_proof(LEAVES[:3], size)


@pytest.mark.parametrize(("size", "hashes"), [(3, 1), (-1, 0), (0, 1)])
def test_a_frontier_that_does_not_fit_its_size_is_refused(size: int, hashes: int) -> None:
    with pytest.raises(ValueError, match="frontier"):
        Frontier.read(size, [LEAVES[0].hex()] * hashes)
    with pytest.raises(ValueError, match="frontier"):
        Frontier.read(1, ["abcd"])
