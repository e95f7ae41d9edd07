from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from chalicelib.voice.guide import Guide
from chalicelib.voice.loader import read, read_guide
from chalicelib.voice.voice import Voice, load

FILE = Path(__file__).with_name("seven.en.yaml")
VOICES = Path(__file__).resolve().parents[2] / "policies" / "voices"


@pytest.fixture(scope="session")
def guide() -> Guide:
    found = read_guide("tone.en.yaml", (VOICES / "tone.en.yaml").read_text())
    assert isinstance(found, Guide), found
    return found


@pytest.fixture(scope="session")
def source() -> str:
    return FILE.read_text()


@pytest.fixture(scope="session")
def plain_document(source: str, guide: Guide) -> dict[str, Any]:
    document = read(FILE.name, source, guide)
    assert isinstance(document, dict), "\n".join(str(trouble) for trouble in document)
    return document


@pytest.fixture
def document(plain_document: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(plain_document)


@pytest.fixture(scope="session")
def plain(plain_document: dict[str, Any]) -> Voice:
    return load(plain_document)
