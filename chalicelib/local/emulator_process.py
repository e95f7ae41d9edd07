"""Run by MiniStack's own Python: starts it so that it unpacks every zip once, however many Lambdas are started from it.

It would unpack 120 MB for each process of each Lambda, which takes longer than all that the processes do. They see the same files
at the same places as before, each below a folder of its own; AWS does not let a Lambda change its files either.
"""

from __future__ import annotations

import hashlib
import runpy
import shutil
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Any

_unpack = zipfile.ZipFile.extractall
_one_at_a_time = threading.Lock()


def linked(archive: zipfile.ZipFile, path: Any = None, members: Any = None, pwd: Any = None) -> None:
    """``ZipFile.extractall``: ``path`` gets links to the one copy there is of what a zip on the disk holds.

    The zip itself is removed: MiniStack writes another 50 MB for each process and reads them only here.
    """
    if archive.filename is None or members is not None:
        _unpack(archive, path, members, pwd)
        return
    with Path(archive.filename).open("rb") as packed:
        digest = hashlib.file_digest(packed, "sha256").hexdigest()
    whole = Path(tempfile.gettempdir()) / f"ministack-lambda-code-{digest}"
    with _one_at_a_time:
        if not whole.exists():
            unfinished = whole.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            _unpack(archive, unfinished)
            unfinished.rename(whole)
    for entry in whole.iterdir():
        (Path(path) / entry.name).symlink_to(entry)
    Path(archive.filename).unlink()


if __name__ == "__main__":
    zipfile.ZipFile.extractall = linked  # type: ignore[assignment, method-assign]
    runpy.run_module("ministack", run_name="__main__")
