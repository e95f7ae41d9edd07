"""How long each Lambda takes to wake up: its imports in a fresh interpreter, and where the time goes.

For each Lambda it prints the CPU time that its imports add to an interpreter that has botocore already (every Lambda needs it,
and the runtime brings it): the median of fresh interpreters with its spread, with and without bytecode files. No wall time:
on a shared machine it says what else runs. Exit code 1 where a Lambda is over its limit.
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

ROOT = Path(__file__).resolve().parents[1]
LIMIT_MS = {"api_handler": 120, "decide_mentions": 250}
BASE = "import botocore.session"
AWS = "from chalicelib.aws.backend import AwsBackend"
STEPS = {
    "api_handler": "import chalicelib.steps.receive; app.wiring.platforms()",
    "decide_mentions": "import chalicelib.steps.intake; import chalicelib.steps.bundles",
    "post_replies": "import chalicelib.steps.post, chalicelib.http_client; app.wiring.platforms()",
    "settle_stale": "import chalicelib.steps.settle, chalicelib.http_client; app.wiring.platforms()",
    "rescue": "import chalicelib.steps.rescue",
    "announce_cases": "import chalicelib.steps.announce, chalicelib.http_client",
    "sequence_ledger": "import chalicelib.steps.sequence",
    "seal_ledger": "import chalicelib.steps.seal",
    "watch": "import chalicelib.steps.watch, chalicelib.steps.surge",
}
"""Lambda → what its first call imports beside the map and the adapters."""


def code_of(name: str) -> str:
    """Everything that the first call of a Lambda imports."""
    return f"{BASE}; import app; {AWS}; {STEPS[name]}"


def run(code: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter in the root of the project; SystemExit with its last words where it fails."""
    command = [sys.executable, *options, "-c", code]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=ROOT, env={**plain, **environment}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"`{code}` failed: {done.stderr.strip().splitlines()[-1]}")
    return done


def cpu_ms(code: str, environment: dict[str, str]) -> float:
    """CPU time of one fresh interpreter."""
    before = getrusage(RUSAGE_CHILDREN)
    run(code, **environment)
    after = getrusage(RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def measured(codes: dict[str, str], runs: int, environment: dict[str, str]) -> dict[str, list[float]]:
    """CPU times by name; the candidates take turns, so that a busy moment hits all of them."""
    times: dict[str, list[float]] = {name: [] for name in codes}
    for turn in range(runs + 1):
        for name, code in codes.items():
            spent = cpu_ms(code, environment)
            if turn:  # the first turn warms the disk cache and writes bytecode
                times[name].append(spent)
    return times


def slowest(code: str, count: int) -> list[tuple[float, str]]:
    """Modules by the time of their own body (ms), slowest first, from ``-X importtime``; botocore's own apart."""
    known = {name for _, name in bodies(BASE)}
    return sorted(((own, name) for own, name in bodies(code) if name not in known), reverse=True)[:count]


def bodies(code: str) -> list[tuple[float, str]]:
    """Own time (ms) and name of every module that ``code`` imports."""
    lines = re.findall(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", run(code, "-X", "importtime").stderr)
    return [(int(own) / 1000, name) for own, name in lines]


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=20, help="fresh interpreters per candidate (default 20)")
    parser.add_argument("--lambdas", nargs="+", choices=STEPS, default=list(STEPS), metavar="NAME", help="only these")
    arguments = parser.parse_args()
    codes = {"botocore": BASE, **{name: code_of(name) for name in arguments.lambdas}}
    with tempfile.TemporaryDirectory() as cache:
        for code in codes.values():
            run(code, PYTHONPYCACHEPREFIX=cache)
        # Lambda's own Python keeps its bytecode; the package (our code and .venv, both under ROOT) is what may lack it
        shutil.rmtree(Path(cache) / ROOT.relative_to(ROOT.anchor))
        plain = measured(codes, arguments.runs, {})
        bare = measured(codes, max(1, arguments.runs // 4), {"PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": "1"})
    base, bare_base = statistics.median(plain["botocore"]), statistics.median(bare["botocore"])
    print(f"Python {sys.version.split()[0]}, CPU ms beyond botocore's own {base:.0f} (without .pyc {bare_base:.0f});")
    print(f"median of {arguments.runs} fresh interpreters, fastest to slowest in brackets\n")
    print(f"{'':16} {'with .pyc':>22} {'without .pyc':>13}  limit")
    over = []
    for name in arguments.lambdas:
        beyond, limit = statistics.median(plain[name]) - base, LIMIT_MS.get(name)
        spread = f"({min(plain[name]) - base:.0f} to {max(plain[name]) - base:.0f})"
        without = statistics.median(bare[name]) - bare_base
        over += [name] if limit is not None and beyond > limit else []
        print(f"{name:16} {beyond:8.0f} {spread:>13} {without:13.0f}  {f'{limit} ms' if limit else ''}")
    for name in (name for name in arguments.lambdas if name in LIMIT_MS):
        print(f"\nwhere {name} spends it (own time of a module, ms)")
        for own, module in slowest(codes[name], 10):
            print(f"{own:8.1f} {module}")
    print(f"\n{'TOO SLOW: ' + ', '.join(over) if over else 'ok'}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
