"""How a policy that runs beside the live one does, counted from the ledger."""

from __future__ import annotations

import json
from collections import Counter

from chalicelib.cli.folder import Folder
from chalicelib.rows import MOST


def score(folder: Folder, sha256: str) -> dict[str, int]:
    """``<live> → <challenger>`` → mentions, of one challenger; what it could not judge is ``failed``."""
    counted, seen = Counter[str](), 0
    while rows := folder.lookup.history(seen, MOST):
        seen = rows[-1][0]
        for _, _, row in rows:
            if row["kind"] == "challenged":
                body = json.loads(row["leaf"])["body"]
                if body["sha256"] == f"sha256:{sha256}":
                    counted[f"{body['live']} → {body['outcome']}"] += 1
    return dict(counted.most_common())
