"""The signed statement "the tree has this size and this root": a C2SP tlog-checkpoint in a C2SP signed note."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib.audit.tree import HASH_BYTES

ED25519 = b"\x01"
"""The signature type of Ed25519 (C2SP signed-note, "Signature types")."""
_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_KEY_ID_BYTES = 4
_NAME = re.compile(r"[^\s+]+")
_SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_MOST_BYTES = 1_000_000
"""A note is small (KMS signs at most 4,096 bytes); the size that golang.org/x/mod refuses is refused here too."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint whose signature was verified; ``origin`` names the log."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key that an auditor trusts, by its name and key id."""

    name: str
    key_id: bytes
    public_key: bytes

    def is_signed(self, text: str, signature: bytes) -> bool:
        """Whether ``signature`` is this key's over ``text``."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


def key_id(name: str, public_key: bytes) -> bytes:
    """The first four bytes of SHA-256(name, newline, type, key): which key a signature line means."""
    return hashlib.sha256(_checked_name(name).encode() + b"\n" + ED25519 + public_key).digest()[:_KEY_ID_BYTES]


def vkey(name: str, public_key: bytes) -> str:
    """The verifier key as text, ``<name>+<key id>+<base64>``: what an auditor is given once."""
    if len(public_key) != _KEY_BYTES:
        raise ValueError("an Ed25519 public key is 32 bytes")
    return f"{name}+{key_id(name, public_key).hex()}+{base64.b64encode(ED25519 + public_key).decode()}"


def note_text(origin: str, size: int, root: bytes) -> str:
    """The text that is signed: three lines, each ended by a newline. Raises ValueError for what no checkpoint can say."""
    if not origin or "\n" in origin or origin != origin.strip():
        raise ValueError("an origin is one non-empty line")
    if size < 0 or len(root) != HASH_BYTES:
        raise ValueError("a checkpoint needs a size from 0 and a 32-byte root")
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def signed_note(text: str, name: str, public_key: bytes, signature: bytes) -> str:
    """``text`` with its signature line. Raises ValueError where the signature is not 64 bytes or the name is not one word."""
    if len(signature) != _SIGNATURE_BYTES:
        raise ValueError("an Ed25519 signature is 64 bytes")
    if not text.endswith("\n"):
        raise ValueError("a note's text ends with a newline")
    line = base64.b64encode(key_id(name, public_key) + signature).decode()
    return f"{text}\n— {name} {line}\n"


def open_note(note: str, vkeys: Iterable[str]) -> Checkpoint:
    """The checkpoint in ``note``, if at least one known key signed it and no known key's signature is wrong.

    Signatures of unknown keys are ignored, so keys can rotate and witnesses can co-sign; extension lines too. Raises ValueError,
    saying what is wrong, in every other case.
    """
    text, signatures = _parts(note)
    known = {(key.name, key.key_id): key for key in map(read_vkey, vkeys)}
    signed = False
    for name, content in signatures:
        key = known.get((name, content[:_KEY_ID_BYTES]))
        if key is None:
            continue
        if not key.is_signed(text, content[_KEY_ID_BYTES:]):
            raise ValueError("the note's signature is wrong: its text is not what the key signed")
        signed = True
    if not signed:
        raise ValueError("no known key signed the note: check that the verifier key is this log's")
    return _read_text(text)


def _parts(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    if len(note.encode("utf-8", "replace")) > _MOST_BYTES or any(_is_control(character) for character in note):
        raise ValueError("not a note: too long, or it holds control characters")
    body, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise ValueError("not a note: no empty line before the signatures, or no newline at the end")
    return body + "\n", [_read_signature(line) for line in tail[:-1].split("\n")]


def _is_control(character: str) -> bool:
    return (character < " " and character != "\n") or "\ud800" <= character <= "\udfff"


def _read_signature(line: str) -> tuple[str, bytes]:
    found = _SIGNATURE_LINE.fullmatch(line)
    if found is None:
        raise ValueError("not a note: a signature line has another form")
    content = _decode(found[2])
    if len(content) <= _KEY_ID_BYTES:
        raise ValueError("not a note: a signature is too short")
    return found[1], content


def read_vkey(text: str) -> Verifier:
    """The key that ``vkey`` wrote; raises ValueError where it is mistyped or of another type."""
    name, _, rest = text.partition("+")
    hexed, _, encoded = rest.partition("+")
    content = _decode(encoded)
    if content[:1] != ED25519 or len(content) != 1 + _KEY_BYTES:
        raise ValueError("the verifier key is not an Ed25519 key (type 1, 32 bytes)")
    key = Verifier(name, key_id(name, content[1:]), content[1:])
    if key.key_id.hex() != hexed:
        raise ValueError("the verifier key's id does not belong to its name and key: it was mistyped or changed")
    return key


def _read_text(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise ValueError("not a checkpoint: it needs the lines origin, size, root")
    root = _decode(lines[2])
    if len(root) != HASH_BYTES:
        raise ValueError("not a checkpoint: the root is not 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root)


def _decode(text: str) -> bytes:
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not base64") from None
    if base64.b64encode(content).decode() != text:
        raise ValueError("not the one base64 form of its bytes")
    return content


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("a key name is one word without a plus sign")
    return name
