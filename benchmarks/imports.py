"""How long the function that faces the internet takes to wake up: imports of the receiver's path in a fresh interpreter.

Prints medians with and without bytecode files (a package may come without them), where the time goes, and a verdict: the limit
is on the CPU time that the imports add to the bare interpreter, with bytecode files (wall time is shown, but says as much about
what else the machine does). Exit code 1 over the limit, 2 where there is no app.py.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
LIMIT_MS = 120
RECEIVER = "import app, chalicelib.steps.receive; app.wiring.platforms()"
"""What a first webhook waits for: the map, the step that its Lambda imports when it is called, and every platform file."""


def run(code: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter in the root of the project; SystemExit with its last words where it fails."""
    command = [sys.executable, *options, "-c", code]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=ROOT, env={**plain, **environment}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"`{code}` failed: {done.stderr.strip().splitlines()[-1]}")
    return done


def medians(codes: dict[str, tuple[str, dict[str, str]]], runs: int) -> dict[str, tuple[float, float]]:
    """Median (CPU, wall) in ms by name; the candidates take turns, so that a busy moment hits all of them."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in codes}
    for turn in range(runs + 1):
        for name, (code, environment) in codes.items():
            before, start = getrusage(RUSAGE_CHILDREN), perf_counter()
            run(code, **environment)
            wall, after = perf_counter() - start, getrusage(RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            if turn:  # the first turn warms the disk cache and writes bytecode
                times[name].append((cpu * 1000, wall * 1000))
    return {
        name: (statistics.median(c for c, _ in found), statistics.median(w for _, w in found)) for name, found in times.items()
    }


def slowest(code: str, count: int) -> list[tuple[float, str]]:
    """Modules by the time of their own body (ms), slowest first, from ``-X importtime``."""
    lines = re.findall(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", run(code, "-X", "importtime").stderr)
    return sorted(((int(own) / 1000, name) for own, name in lines), reverse=True)[:count]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=20, help="fresh interpreters per candidate (default 20)")
    parser.add_argument("--code", default=RECEIVER, help=f"what to time (default: {RECEIVER})")
    arguments = parser.parse_args()
    if not (ROOT / "app.py").exists() and arguments.code == RECEIVER:
        print(f"There is no {ROOT / 'app.py'} to import yet; time something else with --code.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as cache:
        run(arguments.code, PYTHONPYCACHEPREFIX=cache)
        # Lambda's own Python keeps its bytecode; the package (our code and .venv, both under ROOT) is what may lack it.
        shutil.rmtree(Path(cache) / ROOT.relative_to(ROOT.anchor))
        no_bytecode = {"PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": "1"}
        codes = {"bare": ("pass", {}), "with .pyc": (arguments.code, {}), "without .pyc": (arguments.code, no_bytecode)}
        found = medians(codes, arguments.runs)
    print(f"{arguments.code}\nmedian of {arguments.runs} fresh interpreters, Python {sys.version.split()[0]}, ms\n")
    print(f"{'':>14} {'CPU':>8} {'wall':>8}   CPU beyond the bare interpreter")
    for name, (cpu, wall) in found.items():
        print(f"{name:>14} {cpu:8.1f} {wall:8.1f} {cpu - found['bare'][0]:8.1f}")
    print("\nwhere it goes (own time of a module, ms)")
    for own, name in slowest(arguments.code, 12):
        print(f"{own:14.1f} {name}")
    beyond = found["with .pyc"][0] - found["bare"][0]
    print(f"\n{'ok' if beyond <= LIMIT_MS else 'TOO SLOW'}: {beyond:.0f} ms of {LIMIT_MS} ms")
    return 0 if beyond <= LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
