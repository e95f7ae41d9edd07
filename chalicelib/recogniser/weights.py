"""The file of the weights: whole numbers only, read as they lie, and only if they are the ones that this code names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_name("weights.bin")

MODEL = "01c17cb8624d95102e799610f35318c837335a2a7006db1785f40b684f5a2fe2"
"""SHA-256 of ``weights.bin``. It stands in the code, so an engine that was approved has one model and no other."""

Array = NDArray[Any]


class OtherWeights(Exception):
    """The weights are not there, or not the ones that this code was approved with."""


def load(file: Path = FILE, expected: str = MODEL) -> tuple[Mapping[str, Array], dict[str, Any]]:
    """The arrays by name and what else is known of the model; raises OtherWeights."""
    try:
        content = file.read_bytes()
    except OSError:
        raise OtherWeights("missing") from None
    if hashlib.sha256(content).hexdigest() != expected:
        raise OtherWeights("another-model")
    return parse(content)


def parse(content: bytes) -> tuple[Mapping[str, Array], dict[str, Any]]:
    """See ``packed``."""
    length = int.from_bytes(content[:8], "little")
    head = json.loads(content[8 : 8 + length])
    base = 8 + length
    arrays = {
        name: np.frombuffer(content, dtype=kind, count=int(np.prod(shape)), offset=base + start).reshape(shape)
        for name, (kind, shape, start) in head["arrays"].items()
    }
    return arrays, head["about"]


def packed(arrays: Mapping[str, Array], about: Mapping[str, Any]) -> bytes:
    """Arrays of whole numbers, little-endian, each at a multiple of 8 behind a JSON table of contents."""
    table, body = {}, bytearray()
    for name, array in sorted(arrays.items()):
        kind = array.dtype.newbyteorder("<").str
        table[name] = (kind, list(array.shape), len(body))
        body += array.astype(kind).tobytes()
        body += bytes(-len(body) % 8)
    head = json.dumps({"about": about, "arrays": table}, sort_keys=True, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    return len(head).to_bytes(8, "little") + head + bytes(body)
