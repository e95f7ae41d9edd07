"""The Merkle tree over all leaves (RFC 6962 §2.1, algorithms as in RFC 9162 §2.1): roots, the frontier, and proofs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_BYTES = 32


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one leaf; the prefix keeps a leaf from passing as a node."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that is needed of a tree to go on with it: its size, and the roots of its full subtrees, largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count() or any(len(part) != HASH_BYTES for part in self.hashes):
            raise ValueError("a frontier has one 32-byte hash for each bit set in its size")

    def extend(self, leaf_hashes: Iterable[bytes]) -> Frontier:
        """The frontier after these leaf hashes, in order."""
        size, hashes = self.size, list(self.hashes)
        for hashed in leaf_hashes:
            for _ in range(_trailing_ones(size)):
                hashed = node_hash(hashes.pop(), hashed)
            hashes.append(hashed)
            size += 1
        return Frontier(size, tuple(hashes))

    def root(self) -> bytes:
        """The root of the whole tree."""
        if not self.hashes:
            return EMPTY_ROOT
        *rest, root = self.hashes
        for left in reversed(rest):
            root = node_hash(left, root)
        return root

    @property
    def texts(self) -> tuple[str, ...]:
        """The hashes in hex, for a row."""
        return tuple(part.hex() for part in self.hashes)

    @staticmethod
    def read(size: int, texts: Sequence[str]) -> Frontier:
        """The frontier of ``size`` leaves with these hashes in hex; raises ValueError where they do not fit together."""
        return Frontier(size, tuple(bytes.fromhex(text) for text in texts))


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes."""
    return Frontier().extend(leaf_hashes).root()


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The audit path of the leaf at ``index`` in the tree over ``leaf_hashes``; raises ValueError where there is none."""
    size = len(leaf_hashes)
    if not 0 <= index < size:
        raise ValueError("the leaf is not in the tree")
    if size == 1:
        return ()
    split = _split(size)
    if index < split:
        return (*inclusion_proof(leaf_hashes[:split], index), root(leaf_hashes[split:]))
    return (*inclusion_proof(leaf_hashes[split:], index - split), root(leaf_hashes[:split]))


def consistency_proof(leaf_hashes: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """The proof that the first ``old_size`` leaves are a prefix of the tree; raises ValueError for a size it never had."""
    if not 0 < old_size <= len(leaf_hashes):
        raise ValueError("the tree never had this size")
    return _consistency(leaf_hashes, old_size, whole=True)


def _consistency(leaf_hashes: Sequence[bytes], old_size: int, *, whole: bool) -> tuple[bytes, ...]:
    size = len(leaf_hashes)
    if old_size == size:
        return () if whole else (root(leaf_hashes),)
    split = _split(size)
    if old_size <= split:
        return (*_consistency(leaf_hashes[:split], old_size, whole=whole), root(leaf_hashes[split:]))
    return (*_consistency(leaf_hashes[split:], old_size - split, whole=False), root(leaf_hashes[:split]))


def is_included(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether ``proof`` shows the leaf at ``index`` of the tree with this size and root (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, hashed = index, size - 1, leaf_hash
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            hashed = node_hash(step, hashed)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hashed = node_hash(hashed, step)
        place, last = place >> 1, last >> 1
    return last == 0 and hashed == root


def is_consistent(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether ``proof`` shows that the old tree is a prefix of the new one (RFC 9162 §2.1.4.2)."""
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not path:
        return False
    shift = _trailing_ones(old_size - 1)
    place, last = (old_size - 1) >> shift, (new_size - 1) >> shift
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def _trailing_ones(number: int) -> int:
    return (~number & (number + 1)).bit_length() - 1
