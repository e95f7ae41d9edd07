"""Read the folder `policies/` and compile it, voices included; whatever is wrong is shown with its place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from chalicelib.policy.files.compile import compile_bundle
from chalicelib.voice.loader import read_all

POLICIES = Path(__file__).resolve().parents[2] / "policies"
VOICES = "voices"


class WrongPolicies(Exception):
    """The folder cannot be compiled; the text shows every problem with file, line, caret and remedy."""


def read_tree(folder: Path) -> Mapping[str, str]:
    """Path under ``folder`` → text of every policy file; raises WrongPolicies where there is none or one is not UTF-8."""
    if not folder.is_dir():
        raise WrongPolicies(f"{folder}: no such folder; give one with --policies")
    tree = {}
    for file in sorted(one for one in folder.rglob("*") if one.suffix in (".yaml", ".txt")):
        try:
            tree[file.relative_to(folder).as_posix()] = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise WrongPolicies(f"{file}:{line}: not UTF-8 text ({error.reason}); save the file as UTF-8") from None
    return tree


def compiled(folder: Path, engine: str) -> bytes:
    """The bundle of ``folder``, approved for ``engine``; raises WrongPolicies with everything that is wrong."""
    tree = read_tree(folder)
    voices, wrong = read_all({path: text for path, text in tree.items() if path.startswith(f"{VOICES}/")})
    troubles = [str(problem) for problem in wrong]
    bundle = compile_bundle({path: text for path, text in tree.items() if not path.startswith(f"{VOICES}/")}, voices, [engine])
    if isinstance(bundle, tuple):
        troubles += map(str, bundle)
    if troubles or isinstance(bundle, tuple):
        raise WrongPolicies("\n".join(troubles))
    return bundle
