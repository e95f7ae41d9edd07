"""Keys, secrets and artefacts as files: private, whole or not there, and never outside their folder."""

from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path

import pytest

from chalicelib.embedded.artefacts import FileArtefacts
from chalicelib.embedded.key import LocalSigner
from chalicelib.embedded.secrets import FileSecrets

NAMES = ["webhook/x", "webhook/relay", "posting/x/42", "posting/relay/acct", "posting/relay:mastodon/7"]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_key_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "sealer.pem"
    first, second = LocalSigner(path, "sealer"), LocalSigner(path, "sealer")
    assert first.public_key() == second.public_key()
    assert mode(path) == 0o600
    assert LocalSigner(tmp_path / "other.pem", "sealer").public_key() != first.public_key()
    assert [file.name for file in path.parent.iterdir()] == ["sealer.pem"]


def test_a_key_that_others_may_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    LocalSigner(tmp_path / "k.pem", "sealer")
    (tmp_path / "k.pem").chmod(0o640)
    with pytest.raises(ValueError, match=r"others may read it; run: chmod 600"):
        LocalSigner(tmp_path / "k.pem", "sealer")


@pytest.mark.parametrize("content", [b"", b"garbage", b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"])
def test_a_broken_key_is_refused_and_never_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "k.pem"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(ValueError, match=r"k\.pem"):
        LocalSigner(path, "sealer")
    assert path.read_bytes() == content


def test_secrets_are_made_once_private_and_in_the_shape_of_their_platform(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    source = FileSecrets(path, NAMES)
    assert mode(path) == 0o600
    values = [source.get(name).values for name in NAMES]
    assert all(len(live) == 1 and len(live[0]) >= 32 for live in values)
    assert len(set(values)) == len(NAMES)
    assert [FileSecrets(path, NAMES).get(name).values for name in NAMES] == values
    for place in (1, 3, 4):
        assert len(base64.b64decode(values[place][0].removeprefix("whsec_"))) == 32
    assert set(json.loads(values[2][0])) == {"consumer_key", "consumer_secret", "token", "token_secret"}


def test_meta_gets_a_token_for_its_handshake_that_a_rotation_leaves_alone(tmp_path: Path) -> None:
    source = FileSecrets(tmp_path / "s.json", ["webhook/facebook"])
    secret, token = source.get("webhook/facebook").values
    assert token.startswith("verify:")
    fresh = source.rotate("webhook/facebook")
    assert source.get("webhook/facebook").values == (fresh, secret, token)
    newest = source.rotate("webhook/facebook")
    assert source.get("webhook/facebook").values == (newest, fresh, token)


def test_a_token_to_post_with_on_x_names_its_account(tmp_path: Path) -> None:
    keys = FileSecrets(tmp_path / "s.json", ["posting/x/1001"]).get("posting/x/1001").values[0]
    assert json.loads(keys)["token"].startswith("1001-")


def test_a_new_name_gets_a_secret_and_the_old_ones_stay(tmp_path: Path) -> None:
    before = FileSecrets(tmp_path / "s.json", ["webhook/x"]).get("webhook/x")
    source = FileSecrets(tmp_path / "s.json", ["webhook/x", "webhook/relay"])
    assert source.get("webhook/x") == before
    assert source.get("webhook/relay").values


def test_a_rotation_by_another_process_holds_at_once_and_stays_private(tmp_path: Path) -> None:
    here, there = (FileSecrets(tmp_path / "s.json", ["webhook/x"]) for _ in range(2))
    fresh = there.rotate("webhook/x")
    assert here.get("webhook/x").values[0] == fresh
    assert there.rotate("webhook/x", "given-by-the-platform") == "given-by-the-platform"
    assert here.get("webhook/x").values == ("given-by-the-platform", fresh)
    assert mode(tmp_path / "s.json") == 0o600


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"webhook/x": "one"}', '{"webhook/x": [1]}', '{"webhook/x": ["a", "b", "c", "d", "e"]}']
)
def test_a_secrets_file_that_is_not_understood_is_refused_without_a_word_of_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(ValueError, match=r's\.json: not readable; it should say \{"webhook/x"'):
        FileSecrets(path, ["webhook/x"])
    assert path.read_text() == text


def test_secrets_that_others_may_read_are_refused(tmp_path: Path) -> None:
    source = FileSecrets(tmp_path / "s.json", ["webhook/x"])
    (tmp_path / "s.json").chmod(0o604)
    with pytest.raises(ValueError, match="others may read"):
        source.get("webhook/x")


@pytest.mark.parametrize(
    "name",
    ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/", ".hidden", "a/.new-1", "a\u0000b", "a\\b", "a\n", "é", "x" * 201, "-"],
)
def test_a_name_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    artefacts = FileArtefacts(tmp_path / "artefacts")
    with pytest.raises(ValueError, match="not a name"):
        artefacts.put(name, b"x")
    with pytest.raises(ValueError, match="not a name"):
        artefacts.get(name)
    assert list(tmp_path.iterdir()) == []


def test_an_artefact_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    artefacts = FileArtefacts(tmp_path)

    def die(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", die)
    with pytest.raises(KeyboardInterrupt):
        artefacts.put("a/b", b"content")
    assert artefacts.get("a/b") is None
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
