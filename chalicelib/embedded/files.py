"""Files that are either whole or not there, and files that only their owner may read."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


def write_atomic(path: Path, content: bytes) -> None:
    """Put ``content`` under ``path`` durably, in place of what was there; a crash leaves the old file or the new one (0600)."""
    with _temporary(path, content) as temporary:
        temporary.replace(path)
    _sync_folder(path.parent)


def write_new_private(path: Path, content: bytes) -> bool:
    """Put ``content`` under ``path`` durably (mode 0600) unless something is there: of many at once, one is True."""
    with _temporary(path, content) as temporary:
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
    _sync_folder(path.parent)
    return True


def read_private(path: Path) -> bytes:
    """The bytes of a file that only its owner may read; raises ValueError where others may."""
    if path.stat().st_mode & 0o077:
        raise ValueError(f"{path}: others may read it; run: chmod 600 {path}")
    return path.read_bytes()


@contextlib.contextmanager
def _temporary(path: Path, content: bytes) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp makes the file 0600, so a secret is never readable by others, not even for a moment.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
