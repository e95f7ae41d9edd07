"""The voices of a policy folder for the words of ``ackguard voice``."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.cli import screen
from chalicelib.local.policies import POLICIES, VOICES, WrongPolicies, read_tree

if TYPE_CHECKING:
    from chalicelib.domain.problem import Problem
    from chalicelib.policy.files.loader import Pack
    from chalicelib.voice.guide import Guide
    from chalicelib.voice.voice import Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What is in a policy folder of voices: by ``<voice>.<language>``, their guides by language, and everything wrong with them.

    ``pack`` is None where the policies beside them cannot be read.
    """

    voices: dict[str, Voice]
    guides: dict[str, Guide]
    problems: tuple[Problem, ...]
    pack: Pack | None


def add_asked(parser: argparse.ArgumentParser) -> None:
    """``[VOICE]`` and the folder that it is in."""
    parser.add_argument("voice", nargs="?", metavar="VOICE", help="one voice, such as plain.en (default: all)")
    parser.add_argument("--policies", type=Path, default=POLICIES, metavar="DIR", help="the policy folder (default: policies/)")


def written(folder: Path, only: str | None = None) -> Written:
    """The voices of a policy folder, or the one asked for; raises Complaint where there is none."""
    from chalicelib.policy.files.loader import Pack, load_pack  # noqa: PLC0415 - reading YAML waits until it is asked for
    from chalicelib.voice.guide import Guide  # noqa: PLC0415
    from chalicelib.voice.loader import GUIDE, read_all, read_guide  # noqa: PLC0415
    from chalicelib.voice.voice import load  # noqa: PLC0415

    try:
        tree = read_tree(folder)
    except WrongPolicies as wrong:
        raise screen.Complaint(str(wrong)) from None
    files = {path: text for path, text in tree.items() if path.startswith(f"{VOICES}/")}
    known = sorted(Path(path).name.removesuffix(".yaml") for path in files if not Path(path).name.startswith(f"{GUIDE}."))
    if only is not None and only not in known:
        raise screen.Complaint(f"{only}: no such voice; there are {', '.join(known) or 'none'}", screen.Exit.USAGE)
    guides = [read_guide(path, text) for path, text in files.items() if Path(path).name.startswith(f"{GUIDE}.")]
    asked = {path: text for path, text in files.items() if only is None or Path(path).name.startswith((f"{GUIDE}.", f"{only}."))}
    documents, problems = read_all(asked)
    pack = load_pack({path: text for path, text in tree.items() if path not in files})
    return Written(
        voices={name: load(document) for name, document in documents.items()},
        guides={guide.language: guide for guide in guides if isinstance(guide, Guide)},
        problems=problems,
        pack=pack if isinstance(pack, Pack) else None,
    )
