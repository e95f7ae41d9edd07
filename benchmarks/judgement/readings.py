"""Our own readings of unlabelled mentions, joined with their texts: ``.venv/bin/python benchmarks/judgement/readings.py``.

``readings/NAME.tsv`` holds who was read and what the reader said, never a text: id, ``ok`` or the reasons, and ``?`` where it
could go the other way. The texts stay in ``../shared``; ``build/readings`` is for ``ackguard judge``, not for keeps.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.judgement.sources import ROOT, SHARED

READINGS = Path(__file__).with_name("readings")
INTO = ROOT / "build" / "readings"
SURE, TORN = 0.9, 0.6
"""How sure a reader was, as the labelling guide writes it."""


def mentions() -> dict[str, dict[str, Any]]:
    """Every unlabelled mention, by id."""
    files = sorted((SHARED / "mentions").glob("*.jsonl"))
    rows = (json.loads(line) for file in files for line in file.open(encoding="utf-8"))
    return {row["id"]: row for row in rows}


def joined(file: Path, known: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each reading of ``file`` with its text, as ``ackguard judge`` wants it; raises KeyError for an id that is nowhere."""
    for line in file.read_text(encoding="utf-8").splitlines():
        name, said, *torn = line.split("\t")
        mention = known[name]
        yield {
            "id": name,
            "text": mention["text"],
            "author": mention.get("author"),
            "brand": mention.get("brand"),
            "stratum": "random",
            "ok": said == "ok",
            "reasons": [] if said == "ok" else said.split(","),
            "confidence": TORN if torn else SURE,
        }


def main() -> int:
    """Write the joined files and say where they are."""
    if not SHARED.exists():
        print("needs ../shared", file=sys.stderr)
        return 1
    known = mentions()
    INTO.mkdir(parents=True, exist_ok=True)
    for file in sorted(READINGS.glob("*.tsv")):
        lines = [json.dumps(row) for row in joined(file, known)]
        place = INTO / f"{file.stem}.jsonl"
        place.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{place.relative_to(ROOT)}: {len(lines)} mentions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
