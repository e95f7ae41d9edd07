"""Canonical bytes: one document, one form; what has no exact form is refused by its path."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.audit.canonical import LARGEST, canonical, digest, read_canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXT,
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(TEXT, parts, max_size=4),
    max_leaves=12,
)


def test_the_sorting_example_of_rfc_8785_gives_its_order() -> None:
    document = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    # RFC 8785 §3.2.3: keys are ordered by UTF-16 code units, so the emoji comes before U+FB33.
    assert canonical(document).decode() == '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"\U0001f600":5,"\ufb33":3}'


@given(DOCUMENTS)
def test_the_order_of_keys_never_changes_the_bytes(document: Any) -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(part) for key, part in reversed(list(value.items()))}
        return [turned(part) for part in value] if isinstance(value, list) else value

    assert canonical(turned(document)) == canonical(document)


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"a": [1, {"b": 0.5}]}, r"\$\.a\[1\]\.b: float"),
        ({"a": float("nan")}, r"\$\.a: float"),
        ({"a": 2**53}, r"\$\.a: an integer"),
        ({"a": -(2**53)}, r"\$\.a: an integer"),
        ({"a": "x\ud800y"}, r"\$\.a: a lone surrogate"),
        ({"a": {"\udfff": 1}}, r"\$\.a: a key"),
        ({"a": {1: 1}}, r"\$\.a: a key"),
        ({"a": b"bytes"}, r"\$\.a: bytes"),
    ],
)
def test_what_has_no_exact_form_is_refused_by_its_path(document: Any, path: str) -> None:
    with pytest.raises(ValueError, match=path):
        canonical(document)


def test_a_refusal_never_shows_the_value() -> None:
    with pytest.raises(ValueError, match="surrogate") as refused:
        canonical({"text": "Jane Doe lives here \ud800"})
    assert "Jane" not in str(refused.value)


@given(DOCUMENTS)
def test_canonical_bytes_read_back_and_any_other_form_is_refused(document: Any) -> None:
    content = canonical(document)
    assert read_canonical(content) == document
    for ascii_only, indent in ((True, 1), (False, 1), (True, None), (False, None)):
        other = json.dumps(document, ensure_ascii=ascii_only, indent=indent, sort_keys=True).encode()
        if other != content:
            with pytest.raises(ValueError, match="not the canonical form"):
                read_canonical(other)


@pytest.mark.parametrize(
    "content",
    [b"1.0", b"1e3", b"NaN", b"-Infinity", b"-0", b"9007199254740992", b"9" * 5000, b'{"b":1,"a":2}', b'{"a":1,"a":1}',
     b'"\\u0061"',
     b'"\\ud800"', b'"\\/"', b" 1", b"1\n", b"", b"\xff", b"\xef\xbb\xbf1", b"[" * 100_000],
)  # fmt: skip
def test_bytes_that_are_nobodys_canonical_form_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_canonical(content)


def test_the_largest_exact_integers_pass() -> None:
    assert canonical([LARGEST, -LARGEST]) == b"[9007199254740991,-9007199254740991]"


def test_a_digest_names_its_algorithm() -> None:
    assert digest(b"abc") == "sha256:" + hashlib.sha256(b"abc").hexdigest()
