"""Members of a room are found by their file name: adding one is adding one file."""

from __future__ import annotations

import importlib
import pkgutil
from types import MappingProxyType
from typing import Any


def members(package: str, constant: str) -> MappingProxyType[str, Any]:
    """File name → the value of ``constant`` in that file, for every module (not package) but ``contract``.

    Raises AttributeError, naming the file, where one lacks the constant.
    """
    room = importlib.import_module(package)
    names = sorted(found.name for found in pkgutil.iter_modules(room.__path__) if found.name != "contract" and not found.ispkg)
    return MappingProxyType({name: getattr(importlib.import_module(f"{package}.{name}"), constant) for name in names})
