"""Every condition by its name, found by file name."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.policy.conditions.contract import Condition
from chalicelib.registry import members

CONDITIONS: Mapping[str, Condition] = members("chalicelib.policy.conditions", "CONDITION")
