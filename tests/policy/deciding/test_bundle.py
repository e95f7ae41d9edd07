from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.policy.deciding.bundle import PREFIX, Broken, Bundle, load, signed_content
from chalicelib.policy.files.compile import compile_bundle
from tests.policy.small import FILES

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()


def document() -> bytes:
    compiled = compile_bundle(FILES, {"plain.en": {"p": 7}}, ["engine-1"])
    assert isinstance(compiled, bytes)
    return compiled


DOCUMENT = document()
SIGNATURE = KEY.sign(signed_content(DOCUMENT))


def test_a_signed_bundle_is_what_was_compiled() -> None:
    bundle = load(DOCUMENT, SIGNATURE, [OTHER.public_key().public_bytes_raw(), PUBLIC], "engine-1")
    assert isinstance(bundle, Bundle)
    assert bundle.engine_approved
    assert bundle.voices == {"plain.en": {"p": 7}}
    assert bundle.accounts.keys() == {("x", "1003"), ("x", "1004")}
    brand = bundle.brand_of("x", "1004")
    assert brand is not None
    assert (brand.id, {day.isoformat() for day in brand.holidays}) == ("telline", {"2026-12-25"})
    assert bundle.brand_of("x", "7") is None
    assert bundle.brand_of("relay:x", "1003") is None


def test_the_same_files_give_the_same_bytes_in_any_order() -> None:
    assert compile_bundle(dict(reversed(FILES.items())), {"plain.en": {"p": 7}}, ["engine-1"]) == DOCUMENT


def test_what_is_signed_is_a_prefix_of_ours_and_the_hash_of_every_byte() -> None:
    assert signed_content(b"{}") == b"ackguard-bundle/1\n" + hashlib.sha256(b"{}").hexdigest().encode()


def test_another_engine_loads_but_is_not_approved() -> None:
    bundle = load(DOCUMENT, SIGNATURE, [PUBLIC], "engine-2")
    assert isinstance(bundle, Bundle)
    assert not bundle.engine_approved


@pytest.mark.parametrize(
    ("content", "signature", "keys"),
    [
        (DOCUMENT, SIGNATURE, []),
        (DOCUMENT, SIGNATURE, [OTHER.public_key().public_bytes_raw()]),
        (DOCUMENT, b"", [PUBLIC]),
        (DOCUMENT, KEY.sign(DOCUMENT), [PUBLIC]),
        (DOCUMENT, KEY.sign(signed_content(DOCUMENT)[len(PREFIX) :]), [PUBLIC]),
        (DOCUMENT.replace(b"per_hour", b"per_houR"), SIGNATURE, [PUBLIC]),
        (DOCUMENT + b" ", SIGNATURE, [PUBLIC]),
        (DOCUMENT, SIGNATURE, [b"short"]),
    ],
)
def test_without_a_valid_signature_there_is_no_policy(content: bytes, signature: bytes, keys: list[bytes]) -> None:
    assert load(content, signature, keys, "engine-1") == Broken("unsigned")


def signed(content: bytes) -> Bundle | Broken:
    return load(content, KEY.sign(signed_content(content)), [PUBLIC], "engine-1")


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": 1}', b"[" * 100_000, DOCUMENT[:-1], b"\xff"])
def test_a_signed_bundle_that_cannot_be_read_is_broken(content: bytes) -> None:
    assert signed(content) == Broken("unreadable")


@pytest.mark.parametrize("key", ["brands", "rules", "index", "engines", "voices", "format"])
def test_a_bundle_without_one_of_its_parts_is_broken(key: str) -> None:
    whole = json.loads(DOCUMENT)
    del whole[key]
    assert signed(json.dumps(whole).encode()) == Broken("unreadable")


def test_a_check_that_the_engine_does_not_have_is_never_passed_over() -> None:
    assert signed(DOCUMENT.replace(b'"author_followers_over"', b'"author_followers_ovEr"')) == Broken("unreadable")


def test_a_rule_without_checks_is_never_loaded() -> None:
    whole = json.loads(DOCUMENT)
    whole["rules"]["telline"][0]["alternatives"] = [[]]
    assert signed(json.dumps(whole).encode()) == Broken("unreadable")


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value(content: bytes) -> None:
    assert isinstance(signed(content), Broken)


def test_no_yaml_is_loaded_to_decide() -> None:
    code = (
        "import sys, chalicelib.policy.deciding.decide, chalicelib.policy.deciding.bundle, chalicelib.policy.deciding.explain;"
        "print([name for name in sys.modules if name.split('.')[0] in ('yaml', 'rfc8785') or name.endswith('.loader')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
