"""Verify: an honest ledger passes, and every way to change, drop, add, reorder or re-sign one is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib.audit.canonical import canonical
from chalicelib.audit.checkpoint import note_text, signed_note, vkey
from chalicelib.audit.record import SCHEMA, result_digest
from chalicelib.audit.tree import leaf_hash, root
from chalicelib.audit.verify import verify

ORIGIN = "audit.example.org/ledger"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
VKEY = vkey("sealer", PUBLIC)


def leaf(mention: int, kind: str, **more: object) -> bytes:
    public: dict[str, object] = {"schema": SCHEMA, "id": f"R{mention}", "kind": kind, **more}
    if kind == "decision":
        public |= {"decision": {"outcome": "human"}, "reply": None, "rules": {"matched": []}}
        public["result_digest"] = result_digest(public)
    return canonical(public)


def note(leaves: Sequence[bytes], size: int | None = None, origin: str = ORIGIN, key: Ed25519PrivateKey = KEY) -> str:
    text = note_text(origin, len(leaves) if size is None else size, root([leaf_hash(part) for part in leaves]))
    return signed_note(text, "sealer", key.public_key().public_bytes_raw(), key.sign(text.encode()))


LEAVES = [
    part for number in range(5) for part in (leaf(number, "decision"), leaf(number, "intent", number=0), leaf(number, "terminal"))
]
SIZES = (0, 4, 9, 15)
NOTES = [note(LEAVES[:size]) for size in SIZES]


def test_an_honest_ledger_passes() -> None:
    report = verify(iter(LEAVES), iter(NOTES), VKEY)
    assert (report.tampered, report.incomplete, report.exit_code) == ((), (), 0)
    assert (report.leaves, report.sealed, report.checkpoints, report.mentions) == (15, 15, 4, 5)


def test_an_idle_ledger_may_be_signed_twice_and_an_empty_one_passes() -> None:
    assert verify(LEAVES, [*NOTES, NOTES[-1]], VKEY).exit_code == 0
    assert verify([], [note([])], VKEY).exit_code == 0


@pytest.mark.parametrize("place", range(len(LEAVES)))
def test_one_changed_dropped_or_repeated_leaf_is_found(place: int) -> None:
    changed = canonical({**json.loads(LEAVES[place]), "at": "another"})
    assert verify([*LEAVES[:place], changed, *LEAVES[place + 1 :]], NOTES, VKEY).tampered
    assert verify([*LEAVES[:place], *LEAVES[place + 1 :]], NOTES, VKEY).exit_code in (1, 2)
    assert verify([*LEAVES[: place + 1], *LEAVES[place:]], NOTES, VKEY).tampered


def test_a_root_that_differs_is_named_by_its_leaves() -> None:
    swapped = [*LEAVES[:5], LEAVES[6], LEAVES[5], *LEAVES[7:]]
    report = verify(swapped, NOTES, VKEY)
    assert report.tampered[0] == "leaves 4 to 8: the root is not the one that was signed at 9"
    assert report.sealed == 4


@pytest.mark.parametrize(
    ("notes", "says"),
    [
        ([NOTES[2], NOTES[1]], "checkpoint 1: the tree shrank from 9 to 4 leaves"),
        ([NOTES[3], note(LEAVES[:-1], size=15)], "checkpoint 1: a second root for 15 leaves was signed"),
        ([NOTES[1], note(LEAVES, origin="another/log")], "checkpoint 1: it is of another log"),
        ([note(LEAVES, key=Ed25519PrivateKey.from_private_bytes(bytes(32)))], "checkpoint 0: no known key"),
        ([NOTES[3].replace("15", "16")], "checkpoint 0: the note's signature is wrong"),
        (["nonsense"], "checkpoint 0: not a note"),
        ([note(LEAVES[:3], size=0)], "the root is not the one that was signed at 0"),
    ],
)
def test_checkpoints_that_contradict_each_other_are_found(notes: list[str], says: str) -> None:
    report = verify(LEAVES, notes, VKEY)
    assert any(says in found for found in report.tampered)
    assert report.exit_code == 1


def test_missing_leaves_and_leaves_without_a_checkpoint_are_incomplete_not_tampered() -> None:
    short = verify(LEAVES[:12], NOTES, VKEY)
    assert (short.tampered, short.sealed, short.exit_code) == ((), 9, 2)
    assert "leaves 12 to 14 are missing: a checkpoint covers 15" in short.incomplete
    late = verify([*LEAVES, leaf(9, "heartbeat", number=1)], NOTES, VKEY)
    assert late.incomplete == ("leaves 15 to 15 lie under no checkpoint yet",)


def test_each_mention_has_exactly_one_decision_and_one_terminal_record() -> None:
    open_mention = [*LEAVES, leaf(7, "decision")]
    report = verify(open_mention, [note(open_mention)], VKEY)
    assert (report.incomplete, report.exit_code) == (("R7: no terminal record",), 2)
    undecided = [*LEAVES, leaf(7, "terminal")]
    assert verify(undecided, [note(undecided)], VKEY).incomplete == ("R7: no decision record",)
    for kind in ("decision", "terminal"):
        twice = [*LEAVES, leaf(2, kind, number=1)]
        assert verify(twice, [note(twice)], VKEY).tampered == (f"leaf 15: a second {kind} record for R2",)
    again = [*LEAVES, leaf(2, "intent", number=1)]
    assert verify(again, [note(again)], VKEY).exit_code == 0


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        LEAVES[0] + b" ",
        canonical({"schema": SCHEMA, "kind": "decision"}),
        canonical({"schema": "another/1", "kind": "intent", "id": "R1"}),
        canonical({"schema": SCHEMA, "kind": "dreamt", "id": "R1"}),
        canonical({"schema": SCHEMA, "kind": ["intent"], "id": "R1"}),
        canonical({"schema": SCHEMA, "kind": "intent", "id": "\u001b[31mred"}),
        canonical({"schema": SCHEMA, "kind": "intent", "id": "R1", "number": "1"}),
        b'{"id":"R1","kind":"intent","number":1.5,"schema":"ackguard.record/1"}',
        b"[" * 100_000,
    ],
)
def test_a_leaf_that_is_no_record_is_found_even_under_a_good_checkpoint(bad: bytes) -> None:
    leaves = [*LEAVES, bad]
    assert verify(leaves, [note(leaves)], VKEY).tampered == ("leaf 15: not a canonical record",)


def test_a_decision_whose_digest_is_not_over_its_result_is_found() -> None:
    forged = json.loads(leaf(7, "decision"))
    forged["decision"]["outcome"] = "acknowledge"
    without = {name: part for name, part in forged.items() if name != "rules"}
    for public in (forged, without, {**forged, "rules": None}):
        leaves = [*LEAVES, canonical(public)]
        assert "leaf 15: the result digest is not over its result" in verify(leaves, [note(leaves)], VKEY).tampered


def test_a_mistyped_key_is_an_error_of_the_caller_not_a_finding() -> None:
    with pytest.raises(ValueError, match="mistyped"):
        verify(LEAVES, NOTES, vkey("sealer", PUBLIC).replace("sealer", "seal"))


def test_a_finding_names_places_and_never_what_a_leaf_holds() -> None:
    secret = hashlib.sha256(b"secret").hexdigest()
    leaves = [*LEAVES, canonical({"schema": SCHEMA, "kind": "intent", "id": secret + " has spaces", "said": secret})]
    assert secret not in " ".join(verify(leaves, [note(leaves)], VKEY).tampered)
