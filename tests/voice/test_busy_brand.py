"""The busy brand of the benchmarks: its policy compiles, and its questions are acknowledged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_sample_of_the_voice_is_acknowledgements_that_are_not_alike(tmp_path: Path) -> None:
    out = tmp_path / "sample.jsonl"
    command = [sys.executable, "benchmarks/voice.py", "--posts", "3", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert len({json.loads(line)["text"] for line in out.read_text().splitlines()}) == 3
