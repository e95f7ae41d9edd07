"""Immutable named bytes as files under one folder."""

from __future__ import annotations

import os
import re
from pathlib import Path

from chalicelib.embedded.files import write_new_private
from chalicelib.ports import Artefacts, Unavailable

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+=@-]{0,199}(/[A-Za-z0-9_][A-Za-z0-9._+=@-]{0,199}){0,9}")


class FileArtefacts(Artefacts):
    """One file per name. A name is one to ten parts with ``/`` between them, none of which starts with a dot."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)

    def put(self, name: str, content: bytes) -> None:
        """See ``Artefacts``. Durable when it returns; of two at once with other bytes, one raises ValueError."""
        path = self._path(name)
        try:
            stored = write_new_private(path, content) or path.read_bytes() == content
        except OSError as error:
            raise Unavailable(f"artefacts: {type(error).__name__}") from error
        if not stored:
            raise ValueError(f"{name}: stored before with other bytes")

    def get(self, name: str) -> bytes | None:
        """See ``Artefacts``. Raises ValueError for a name that is none."""
        try:
            return self._path(name).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        except OSError as error:
            raise Unavailable(f"artefacts: {type(error).__name__}") from error

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r}: not a name; use letters, digits and ._+=@- in parts with / between them")
        return self._folder / name
