"""Members of a room are found by their file name: adding one is adding one file."""

from __future__ import annotations

import importlib
import pkgutil
from types import MappingProxyType
from typing import Any


def names(package: str) -> tuple[str, ...]:
    """The names of the members of a room, none of which is imported."""
    room = importlib.import_module(package)
    return tuple(sorted(one.name for one in pkgutil.iter_modules(room.__path__) if one.name != "contract" and not one.ispkg))


def members(package: str, constant: str) -> MappingProxyType[str, Any]:
    """File name → the value of ``constant`` in that file, for every module (not package) but ``contract``.

    Raises AttributeError, naming the file, where one lacks the constant.
    """
    return MappingProxyType({name: getattr(importlib.import_module(f"{package}.{name}"), constant) for name in names(package)})
