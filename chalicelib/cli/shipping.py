"""What the words that ship a policy share: which bundle a word means, and how a difference is shown."""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from chalicelib import wiring
from chalicelib.cli import screen
from chalicelib.cli.folder import STORE, Folder, opened
from chalicelib.domain import keys
from chalicelib.embedded.artefacts import FileArtefacts
from chalicelib.local.policies import WrongPolicies, compiled
from chalicelib.policy.change import Direction
from chalicelib.policy.diff import Diff
from chalicelib.ports import Artefacts

IN_FORCE = "in-force"
SHOWN = 12
"""Letters of a hash that people read; any prefix that names one bundle is understood."""

STYLE = {Direction.EQUIVALENT: "green", Direction.TIGHTENS: "green", Direction.LOOSENS: "bold red", Direction.MIXED: "bold red"}
MEANING = {
    Direction.EQUIVALENT: "no mention ends otherwise",
    Direction.TIGHTENS: "nothing that went to a person is acknowledged: one person may ship it",
    Direction.LOOSENS: "something that went to a person may be acknowledged: a replay and a second person",
    Direction.MIXED: "it points both ways, or nobody can prove that it does not: a replay and a second person",
}


@dataclass(frozen=True, slots=True)
class Named:
    """A bundle that somebody named: its bytes, its hash, and what to call it."""

    document: bytes
    sha256: str
    name: str


def artefacts_of(folder: Folder) -> Artefacts:
    """The bundles of a data folder."""
    return FileArtefacts(folder.path / "artefacts")


def from_folder(path: Path) -> Named:
    """The policies of a folder, compiled for the code that runs here; raises Complaint with every problem in them."""
    try:
        document = compiled(path, wiring.settings().engine)
    except WrongPolicies as wrong:
        raise screen.Complaint(f"the policies in {path} are wrong\n{wrong}") from None
    return Named(document, hashlib.sha256(document).hexdigest(), str(path))


def named(word: str, data: Path) -> Named:
    """The bundle that ``word`` means: a folder, the first letters of a hash, or ``in-force``. Raises Complaint."""
    if Path(word).is_dir():
        return from_folder(Path(word))
    if not (data / STORE).exists():
        raise screen.Complaint(f"{word}: no such folder, and there is no data in {data} with bundles to look it up in")
    with opened(data) as folder:
        return by_hash(word, folder)


def by_hash(word: str, folder: Folder) -> Named:
    """The stored bundle whose hash starts with ``word``, or the one in force; raises Complaint for none or several."""
    sha256 = in_force(folder) if word == IN_FORCE else _one(word.removeprefix("sha256:").lower(), folder)
    artefacts = artefacts_of(folder)
    for name in (f"bundle/{sha256}", f"bundle/proposed/{sha256}", f"bundle/challenger/{sha256}"):
        document = artefacts.get(name)
        if document is not None and hashlib.sha256(document).hexdigest() == sha256:
            return Named(document, sha256, sha256[:SHOWN] if word != IN_FORCE else f"{IN_FORCE} ({sha256[:SHOWN]})")
    raise screen.Complaint(f"{sha256[:SHOWN]}: its bundle is not there or was changed", screen.Exit.UNAVAILABLE)


def in_force(folder: Folder) -> str:
    """The hash of the bundle in force; raises Complaint where there is none."""
    row = folder.store.read([keys.pointer()]).get(keys.pointer())
    if row is None:
        raise screen.Complaint("no policy is in force; publish one: ackguard policy publish", screen.Exit.UNAVAILABLE)
    return str(row["sha256"])


def _one(prefix: str, folder: Folder) -> str:
    known = {key.sort for key, _ in folder.store.partition("control", keys.proposal("").partition)}
    known |= {str(row["sha256"]) for _, row in folder.store.partition("control", keys.shipped(0).partition)}
    found = sorted(sha256 for sha256 in known if prefix and sha256.startswith(prefix))
    if len(found) != 1:
        told = "names no bundle" if not found else f"is the start of {len(found)} bundles, give more letters"
        raise screen.Complaint(f"{prefix or 'an empty hash'} {told}; see: ackguard policy history")
    return found[0]


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option ``--json``."""
    parser.add_argument("--json", action="store_true", help="JSON for machines")


def show_diff(out: Console, found: Diff, old: str, new: str) -> None:
    """The direction in one word, what it means, and every change with its place."""
    out.print(Text(f"{screen.safe(old)} → {screen.safe(new)}"))
    out.print(Text(found.direction.name, style=STYLE[found.direction]), Text(f"  {MEANING[found.direction]}"))
    if found.changes:
        made = screen.table("where", "points", "what changed")
        for change in found.changes:
            points = Text(change.direction.value, style=STYLE[change.direction])
            made.add_row(Text(screen.safe(change.place)), points, Text(screen.safe(change.says)))
        out.print(made)
    if found.engines:
        shown = ", ".join(screen.safe(engine)[: SHOWN + 7] for engine in found.engines)
        out.print(Text(f"new engine {shown}: code is replayed, not proven; a second person if anything turns to acknowledge"))


def diff_json(found: Diff) -> dict[str, object]:
    """The difference for machines."""
    return {
        "direction": found.direction.name,
        "alone": found.direction.alone and not found.engines,
        "engines": list(found.engines),
        "changes": [{"place": one.place, "direction": one.direction.name, "says": one.says} for one in found.changes],
    }
