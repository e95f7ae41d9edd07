"""What a decision costs at 20, 200 and 2,000 rules, beside the engines of ``../shared/peers``: same policy, mentions, answers.

Prints, in CPU time: the verdict with the ids of all matching rules, ours and theirs, interleaved in one run (ratios within a
round, with their spread); then ours alone: facts and folding apart, the whole decision with evidence, loading, memory, import,
and how the cost of hostile texts grows. Without ``../shared/peers`` it says so and measures ours and a plain loop.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PEERS = HERE.parents[1] / "shared" / "peers"
SITES = {"jl_datalogic": "datalogic-py", "regorus": "gordon-to-regorus", "ac_rs": "ahocorasick-rs", "re2": "google-re2"}
NEAREST = "jsonlogic-datalogic,regorus/expert,naive-python,ceiling:acrs"
OURS = "ackguard"
TIMES_AHEAD = {20: 2, 200: 10, 2000: 40}
"""How far ahead of the nearest peer we want to be, by rules."""
WHOLE, LOAD = 500, 40
"""At most at 2,000 rules: µs of the slowest whole decision of a hundred, ms of loading a bundle."""
TURNS = 5
"""How often a mention is decided whole. The fastest counts: what others on the machine take is not what a decision costs."""

ADAPTER = f"""

class Ackguard:
    VARIANTS, IMPORTS, site, NOTE = ("production",), (), None, ""

    def __new__(cls, variant=None):
        import sys
        sys.path.insert(0, {str(HERE)!r})
        from decide_adapter import Ackguard as Ours
        return Ours(variant)


ENGINES[{OURS!r}] = Ackguard
"""
"""What is added to the copy of the peers' ``engines.py``: ours as one more engine, imported in its own process alone."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20, 200, 2000], help="how many rules")
    parser.add_argument("--rounds", type=int, default=7, help="turns that every engine takes")
    parser.add_argument("--peers", default=NEAREST, help="engines of ../shared/peers, with commas")
    parser.add_argument("--lab", type=Path, default=Path.home() / ".cache" / "ackguard-lab", help="where peers are installed")
    parser.add_argument("--alone", action="store_true", help="measure only ours and a plain loop")
    asked = parser.parse_args()
    print(f"{time.strftime('%F')}  Python {platform.python_version()} on {platform.machine()}, {os.cpu_count()} CPUs")
    if not PEERS.is_dir():
        print(f"no {PEERS}: ours beside a plain loop only")
    elif not asked.alone:
        laboratory(asked.lab)
        for size in asked.sizes:
            beside(asked.lab, size, asked.rounds, asked.peers)
    alone(asked.sizes)
    return 0


def laboratory(lab: Path) -> None:
    """A copy of the peers' drivers with ours among them, and the peers installed; the peers' own folder is only read."""
    shutil.copytree(PEERS / "lib", lab / "lib", dirs_exist_ok=True)
    engines = lab / "lib" / "engines.py"
    engines.write_text((PEERS / "lib" / "engines.py").read_text() + ADAPTER)
    for site, package in SITES.items():
        if not (lab / "site" / site).is_dir():
            install = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            subprocess.run([*install, "--target", str(lab / "site" / site), package], check=True)


def beside(lab: Path, size: int, rounds: int, peers: str) -> None:
    environment = {**os.environ, "LAB": str(lab), "PEERS_PY": sys.executable, "RESULTS": str(lab / "results")}
    command = [sys.executable, str(lab / "lib" / "bench.py"), "engines", str(size), "--rounds", str(rounds), "--tag", "decide"]
    options = ["--budget", "0.3", "--loads", "2", "--limit", "150", "--only", f"{OURS},{peers}"]
    done = subprocess.run([*command, *options], env=environment, capture_output=True, text=True, check=False)
    found = lab / "results" / f"decide-{size}.json"
    if done.returncode or not found.exists():
        raise SystemExit(f"the run with {size} rules failed:\n{done.stderr[-2000:]}")
    engines: Mapping[str, Any] = json.loads(found.read_text())["engines"]
    ours = engines[OURS]["cpu"]
    print(f"\n{size:,} rules: verdict and ids of all matching rules, CPU µs (median, half of the range), beside ours")
    for name in sorted(engines, key=lambda name: statistics.median(engines[name].get("cpu") or [1e9])):
        one = engines[name]
        if not one.get("cpu"):
            print(f"  {name:22} failed: {one.get('error', '')[:90]}")
            continue
        ratios = [theirs / mine for theirs, mine in zip(one["cpu"], ours, strict=False)]
        spread = f"{min(ratios):.1f} to {max(ratios):.1f}"
        half = (max(one["cpu"]) - min(one["cpu"])) / 2
        latency, wrong = one["lat_cpu"], f"{one['mismatches']} of {one['checked']} wrong"
        line = f"  {name:22} {statistics.median(one['cpu']):9.2f} ± {half:<8.2f} x {statistics.median(ratios):6.1f} ({spread})"
        print(f"{line:78} p50 {latency['p50']:.1f} p99 {latency['p99']:.1f}  {wrong}")
    print(f"  wanted: {TIMES_AHEAD.get(size, '-')} times ahead of the nearest peer")


def alone(sizes: Sequence[int]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    import decide_adapter

    print(f"\nimport of the engine: {(time.process_time() - begun) * 1000:.0f} ms of CPU with all that it needs")
    rules_of, mentions = workload()
    facts = [decide_adapter.facts_of(one) for one in mentions]
    text = [one["text"] for one in mentions]
    facts_cost, folding_cost = micros(decide_adapter.facts_of, mentions), micros(decide_adapter.read, text)
    print(f"facts of a mention {facts_cost:.1f} µs, folding {folding_cost:.1f} µs")
    for size in sizes:
        rules = rules_of(size)
        written = decide_adapter.compiled(rules)
        engine = decide_adapter.Ackguard()
        loads = [cost(lambda: engine.open(*written)) for _ in range(5)]  # noqa: B023
        ids, loop = micros(engine.decide, mentions), micros(lambda one: naive(rules, one), mentions[:100])  # noqa: B023
        turns = [[cost(lambda: engine.decide_whole(one)) * 1e6 for _ in range(TURNS)] for one in facts]  # noqa: B023
        whole, every = sorted(map(min, turns)), sorted(one for found in turns for one in found)
        print(
            f"{size:6,} rules: ids {ids:.1f} µs, a plain loop {loop:.0f} µs; the whole decision with evidence and folding "
            f"p50 {quantile(whole, 0.5):.0f} p99 {quantile(whole, 0.99):.0f} µs (limit {WHOLE}; "
            f"every call p99 {quantile(every, 0.99):.0f}); "
            f"load {min(loads) * 1000:.1f} ms of {len(written[0]) / 1e6:.2f} MB (limit {LOAD})"
        )
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"memory: at most {grown:.0f} MB over the bare interpreter, all sizes and the workload with it")
    growth(decide_adapter)


def growth(adapter: Any) -> None:
    """How the cost of a text grows from 500 to 4,000 characters: 8 is linear, 64 would be quadratic."""
    index = adapter.phrase_index.Index.load(
        adapter.phrase_index.compile_index(
            {
                "one": [
                    "child ... hurt",
                    "[email]",
                    "[phone]",
                    "[order-number]",
                    "[masked-word]",
                    "ab* c",
                    "[url]",
                    "scam*",
                    "my order",
                ]
            }
        )
    )
    print("\nhostile texts, CPU µs at 500 and 4,000 characters")
    for unit in ("😀", "a", "a.a", "child ", "@a", "s c ", "áé", "http://", "sc4m ", "1,", "my ", "a\u0301", "#Aa"):
        small, large = (least(lambda: adapter.phrase_index.scan(index, adapter.read((unit * n)[:n]))) for n in (500, 4000))  # noqa: B023
        print(f"  {unit!r:12} {small * 1e6:8.0f} {large * 1e6:8.0f}  x {large / small:.1f}")
    pattern = adapter.re2.compile("(a+)+$")
    small, large = (least(lambda: pattern.search("a" * n + "!")) for n in (500, 4000))  # noqa: B023
    print(f"  {'(a+)+$':12} {small * 1e6:8.0f} {large * 1e6:8.0f}  x {large / small:.1f}")


def quantile(ordered: Sequence[float], part: float) -> float:
    return ordered[int(len(ordered) * part)]


def cost(work: Callable[[], Any]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def least(work: Callable[[], Any]) -> float:
    return min(cost(work) for _ in range(9))


def micros(work: Callable[[Any], Any], things: Sequence[Any]) -> float:
    """CPU µs a thing, the best of several turns, the first of which is not counted."""
    turns = [cost(lambda: [work(thing) for thing in things]) for _ in range(6)]
    return min(turns[1:]) / len(things) * 1e6


WORDS = ["order", "parcel", "late", "my", "where", "is", "signal", "bill", "broken", "help", "lawyer", "please", "refund", "card"]
WORDS += ["again", "never", "team", "hours", "the", "a", "to", "and", "it", "you", "not", "for", "have", "been", "this"]
ENDINGS = [first + second + third for first in "bdfglmnprst" for second in "aeiou" for third in "bdgklmnprstx"]


def workload() -> tuple[Callable[[int], list[dict[str, Any]]], list[dict[str, Any]]]:
    """(policy of so many rules, mentions): those of the peers where they are there, as above; else ours of the same kind."""
    if not PEERS.is_dir():
        return workload_rules, workload_mentions()
    sys.path.insert(0, str(PEERS / "lib"))
    import workload as theirs

    return theirs.policy, theirs.mentions()


def workload_rules(size: int) -> list[dict[str, Any]]:
    """Seven of ten rules are lists of phrases, two compare facts, one is an expression."""
    dice = random.Random(size)
    names = [f"{dice.choice(WORDS)}{dice.choice(ENDINGS)}" for _ in range(3_000)] + WORDS
    made: list[dict[str, Any]] = []
    for number in range(size):
        rule: dict[str, Any] = {"id": f"r{number:04}", "effect": dice.choice(("human", "human", "ack"))}
        if number % 10 < 7:
            phrases = {" ".join(dice.choices(names, k=dice.choice((1, 2, 2, 3)))) for _ in range(12)}
            rule |= {"kind": "phrases", "phrases": sorted(phrases)}
        elif number % 10 < 9:
            compared = [{"fact": "followers", "op": ">=", "value": dice.choice((1_000, 10_000, 100_000))}]
            rule |= {"kind": "cmp", "all": [*compared, {"fact": "hour", "op": "<", "value": dice.randint(2, 12)}]}
        else:
            rule |= {"kind": "regex", "pattern": rf"\b{dice.choice(WORDS)}[-# ]?[0-9]{{{dice.randint(3, 8)}}}\b"}
        made.append(rule)
    return made


def workload_mentions() -> list[dict[str, Any]]:
    dice = random.Random(7)
    names = [f"{dice.choice(WORDS)}{dice.choice(ENDINGS)}" for _ in range(1_000)] + WORDS * 60
    made = []
    for _ in range(1_000):
        text = "@Brand " + " ".join(dice.choices(names, k=dice.randint(3, 40))) + dice.choice(("", "?", "!!"))
        words = "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()
        known = {"followers": int(dice.lognormvariate(5.6, 2)), "hour": dice.randrange(24)}
        made.append({"text": text, "text_lower": text.lower(), "text_norm": f" {' '.join(words)} ", **known})
    return made


def naive(rules: Sequence[Mapping[str, Any]], mention: Mapping[str, Any]) -> list[str]:
    """Every rule in its turn: what anybody would write first."""
    import re

    from decide_adapter import OPERATORS

    def holds(rule: Mapping[str, Any]) -> bool:
        if rule["kind"] == "phrases":
            return any(f" {phrase} " in mention["text_norm"] for phrase in rule["phrases"])
        if rule["kind"] == "cmp":
            return all(OPERATORS[one["op"]](one["value"], mention[one["fact"]]) for one in rule["all"])
        return re.search(rule["pattern"], mention["text_lower"], re.ASCII) is not None

    return [rule["id"] for rule in rules if holds(rule)]


if __name__ == "__main__":
    sys.exit(main())
