"""Checkpoints: the published example of a signed note, and every way in which a note can lie."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.audit.checkpoint import Checkpoint, key_id, note_text, open_note, read_vkey, signed_note, vkey

ORIGIN = "audit.example.org/ledger"
ROOT = hashlib.sha256(b"root").digest()
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
VKEY = vkey("sealer", PUBLIC)
TEXT = note_text(ORIGIN, 42, ROOT)


def signed(text: str = TEXT, name: str = "sealer", key: Ed25519PrivateKey = KEY) -> str:
    return signed_note(text, name, key.public_key().public_bytes_raw(), key.sign(text.encode()))


def test_the_example_of_the_go_note_package_verifies() -> None:
    """golang.org/x/mod/sumdb/note, package example: the format that C2SP signed-note describes."""
    published = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    key = read_vkey(published)
    content = base64.b64decode(signature)
    assert content[:4] == key.key_id == key_id(key.name, key.public_key)
    assert key.is_signed(text, content[4:])
    assert vkey(key.name, key.public_key) == published
    assert signed_note(text, key.name, key.public_key, content[4:]) == f"{text}\n— PeterNeumann {signature}\n"


def test_the_key_of_the_go_checksum_database_reads_and_writes_back() -> None:
    published = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    key = read_vkey(published)
    assert vkey(key.name, key.public_key) == published


def test_a_key_id_is_the_hash_of_name_newline_type_and_key() -> None:
    assert key_id("sealer", PUBLIC) == hashlib.sha256(b"sealer\n\x01" + PUBLIC).digest()[:4]


def test_a_checkpoint_is_three_lines() -> None:
    assert f"{ORIGIN}\n42\n{base64.b64encode(ROOT).decode()}\n" == TEXT


@given(st.integers(0, 10**15), st.binary(min_size=32, max_size=32))
def test_a_signed_checkpoint_opens_to_what_was_signed(size: int, root: bytes) -> None:
    assert open_note(signed(note_text(ORIGIN, size, root)), [VKEY]) == Checkpoint(ORIGIN, size, root)


def test_signatures_of_unknown_keys_are_ignored_wherever_they_stand() -> None:
    line = signed(key=OTHER, name="witness").splitlines()[-1]
    note = signed()
    assert open_note(f"{note}{line}\n", [VKEY]).size == 42
    assert open_note(note.replace("— sealer", f"{line}\n— sealer"), [VKEY]).size == 42


def test_a_same_named_key_with_another_id_is_unknown_not_wrong() -> None:
    line = signed(key=OTHER).splitlines()[-1]
    assert open_note(f"{signed()}{line}\n", [VKEY]).size == 42


def test_extension_lines_are_ignored() -> None:
    assert open_note(signed(TEXT + "extension\n"), [VKEY]) == Checkpoint(ORIGIN, 42, ROOT)


@pytest.mark.parametrize("place", range(len(TEXT)))
def test_one_changed_character_of_the_text_is_found(place: int) -> None:
    note = signed()
    changed = note[:place] + chr(ord(note[place]) ^ 1) + note[place + 1 :]
    with pytest.raises(ValueError, match=r"signature is wrong|not a"):
        open_note(changed, [VKEY])


@pytest.mark.parametrize(
    ("note", "says"),
    [
        ("", "not a note"),
        (TEXT, "not a note"),
        (signed()[:-1], "not a note"),
        (signed().replace("— ", "- "), "not a note"),
        (signed() + "\n", "not a note"),
        (signed().replace("sealer ", "sealer  "), "not a note"),
        (f"{TEXT}\n— sealer {base64.b64encode(key_id('sealer', PUBLIC)).decode()}\n", "too short"),
        (signed("a\u0000b\n1\n"), "control characters"),
        ("x" * 1_000_001, "too long"),
        (signed(key=OTHER), "no known key"),
        (signed(name="another"), "no known key"),
        (signed("no checkpoint\n"), "not a checkpoint"),
        (signed(TEXT.replace("42", "042")), "not a checkpoint"),
        (signed(TEXT.replace("42", "-1")), "not a checkpoint"),
        (signed(TEXT.replace("42", "4２")), "not a checkpoint"),
        (signed(f"{ORIGIN}\n42\nAAAA\n"), "not 32 bytes"),
        (signed(f"{ORIGIN}\n42\n!\n"), "not base64"),
    ],
)
def test_a_note_that_lies_is_refused_with_the_reason(note: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        open_note(note, [VKEY])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not an Ed25519 key"),
        ("sealer+00000000+" + VKEY.split("+", 2)[2], "mistyped or changed"),
        ("other" + VKEY, "mistyped or changed"),
        (VKEY[:-1] + "!", "not base64"),
        ("sealer+00000000+" + base64.b64encode(b"\x02" + PUBLIC).decode(), "not an Ed25519 key"),
    ],
)
def test_a_verifier_key_that_is_not_one_is_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_vkey(text)


def test_what_no_checkpoint_can_say_is_never_written() -> None:
    for origin, size, root in (
        ("", 1, ROOT),
        ("two\nlines", 1, ROOT),
        (" x", 1, ROOT),
        (ORIGIN, -1, ROOT),
        (ORIGIN, 1, b"short"),
    ):
        with pytest.raises(ValueError, match=r"origin|size"):
            note_text(origin, size, root)
    with pytest.raises(ValueError, match="64 bytes"):
        signed_note(TEXT, "sealer", PUBLIC, b"short")
    with pytest.raises(ValueError, match="newline"):
        signed_note("text", "sealer", PUBLIC, bytes(64))
    with pytest.raises(ValueError, match="one word"):
        signed_note(TEXT, "two words", PUBLIC, bytes(64))
    with pytest.raises(ValueError, match="32 bytes"):
        vkey("sealer", b"short")
