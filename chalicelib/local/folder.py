"""One process per data folder: two runners on one folder would deliver everything twice."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class FolderTaken(Exception):
    """Another process runs on the folder."""


class FolderLock:
    """Holds a folder from construction to ``release``; a process that dies lets go of it. Raises FolderTaken."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / "runner.lock"
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(self._descriptor, 20).decode(errors="replace") or "unknown"
            os.close(self._descriptor)
            raise FolderTaken(f"{folder}: process {owner} runs on this folder; stop it or use another folder") from None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Let the next process in."""
        os.close(self._descriptor)
