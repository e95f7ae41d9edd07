"""Verify a whole ledger from its files alone: every checkpoint's root, and one decision and one end for each mention."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.audit.body import FORMS
from chalicelib.audit.canonical import read_canonical
from chalicelib.audit.checkpoint import Checkpoint, open_note, read_vkey
from chalicelib.audit.record import KINDS, SCHEMA, result_digest
from chalicelib.audit.tree import Frontier, leaf_hash

_MENTION_KINDS = frozenset({"decision", "terminal"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What verification found.

    ``leaves`` were read, the first ``sealed`` of them lie under a verified checkpoint. ``tampered`` is what cannot happen to an
    honest ledger, ``incomplete`` what is missing or not over yet; both say places, never contents.
    """

    leaves: int
    sealed: int
    checkpoints: int
    mentions: int
    tampered: tuple[str, ...]
    incomplete: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0: everything holds · 1: tampered · 2: incomplete."""
        return 1 if self.tampered else 2 if self.incomplete else 0


@dataclass(slots=True)
class _Findings:
    tampered: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)


def verify(leaves: Iterable[bytes], checkpoints: Iterable[str], vkey: str) -> Report:
    """Read all leaves, in order from the first, and the signed checkpoints, oldest first; ``vkey`` is the log's public key.

    One pass over the leaves, memory for the ids only. Raises ValueError only where ``vkey`` itself is not one.
    """
    read_vkey(vkey)
    findings = _Findings()
    signed = _open_all(checkpoints, vkey, findings)
    roots = {checkpoint.size: checkpoint.root for checkpoint in signed}
    shapes: defaultdict[str, list[str]] = defaultdict(list)
    seen: set[tuple[str, str, int]] = set()
    frontier, sealed = Frontier(), 0
    if 0 in roots:
        sealed = _compare(frontier, roots[0], sealed, findings)
    for index, leaf in enumerate(leaves):
        _look_at(leaf, index, shapes, seen, findings)
        frontier = frontier.extend((leaf_hash(leaf),))
        if frontier.size in roots:
            sealed = _compare(frontier, roots[frontier.size], sealed, findings)
    _check_ends(frontier.size, roots, shapes, findings)
    return Report(
        leaves=frontier.size,
        sealed=sealed,
        checkpoints=len(signed),
        mentions=len(shapes),
        tampered=tuple(findings.tampered),
        incomplete=tuple(findings.incomplete),
    )


def _open_all(checkpoints: Iterable[str], vkey: str, findings: _Findings) -> list[Checkpoint]:
    signed: list[Checkpoint] = []
    for place, note in enumerate(checkpoints):
        try:
            checkpoint = open_note(note, (vkey,))
        except ValueError as error:
            findings.tampered.append(f"checkpoint {place}: {error}")
            continue
        if signed and checkpoint.origin != signed[-1].origin:
            findings.tampered.append(f"checkpoint {place}: it is of another log")
        elif signed and checkpoint.size < signed[-1].size:
            findings.tampered.append(f"checkpoint {place}: the tree shrank from {signed[-1].size} to {checkpoint.size} leaves")
        elif signed and checkpoint.size == signed[-1].size and checkpoint.root != signed[-1].root:
            findings.tampered.append(f"checkpoint {place}: a second root for {checkpoint.size} leaves was signed")
        else:
            signed.append(checkpoint)
    return signed


def _compare(frontier: Frontier, root: bytes, sealed: int, findings: _Findings) -> int:
    if frontier.root() == root:
        return frontier.size
    findings.tampered.append(
        f"leaves {sealed} to {frontier.size - 1}: the root is not the one that was signed at {frontier.size}"
    )
    return sealed


def _look_at(
    leaf: bytes, index: int, shapes: defaultdict[str, list[str]], seen: set[tuple[str, str, int]], findings: _Findings
) -> None:
    public = _read(leaf)
    if public is None:
        findings.tampered.append(f"leaf {index}: not a canonical record")
        return
    number = 0 if public["kind"] in _MENTION_KINDS else public.get("number", 0)
    identity = (public["id"], public["kind"], number)
    if identity in seen:
        findings.tampered.append(f"leaf {index}: a second {public['kind']} record for {public['id']}")
    seen.add(identity)
    if public["kind"] in _MENTION_KINDS:
        shapes[public["id"]].append(public["kind"])
    if public["kind"] == "decision" and not _digest_holds(public):
        findings.tampered.append(f"leaf {index}: the result digest is not over its result")


def _read(leaf: bytes) -> Mapping[str, Any] | None:
    """The record in ``leaf``; None where its bytes are not the canonical ones of a record with id, kind and number."""
    try:
        public = read_canonical(leaf)
        if public["schema"] != SCHEMA or public["kind"] not in KINDS:
            return None
        named = FORMS["name"](public["id"]) and isinstance(public.get("number", 0), int)
    except (ValueError, KeyError, TypeError):
        return None
    return public if named else None


def _digest_holds(public: Mapping[str, Any]) -> bool:
    try:
        return bool(public["result_digest"] == result_digest(public))
    except (KeyError, TypeError):
        return False


def _check_ends(size: int, roots: Mapping[int, bytes], shapes: Mapping[str, list[str]], findings: _Findings) -> None:
    if roots and max(roots) > size:
        findings.incomplete.append(f"leaves {size} to {max(roots) - 1} are missing: a checkpoint covers {max(roots)}")
    if size > max(roots, default=0):
        findings.incomplete.append(f"leaves {max(roots, default=0)} to {size - 1} lie under no checkpoint yet")
    for mention, kinds in shapes.items():
        for kind in sorted(_MENTION_KINDS.difference(kinds)):
            findings.incomplete.append(f"{mention}: no {kind} record")
