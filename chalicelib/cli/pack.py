"""The policies of a folder, compiled and verified in this process: nothing is published and nothing is kept."""

from __future__ import annotations

import hashlib
from pathlib import Path

from chalicelib.cli.screen import Complaint
from chalicelib.embedded.memory import MemoryArtefacts, memory_signer
from chalicelib.local.policies import POLICIES, WrongPolicies, compiled
from chalicelib.policy.deciding.bundle import Broken, Bundle, signed_content
from chalicelib.steps.bundles import Bundles, Loaded

__all__ = ["POLICIES", "pack_of"]

ENGINE = "command-line"


def pack_of(folder: Path) -> tuple[Bundle, Loaded]:
    """The bundle of ``folder`` with its voices; raises Complaint, naming file, line and remedy, where it has problems."""
    try:
        document = compiled(folder, ENGINE)
    except WrongPolicies as wrong:
        raise Complaint(f"the policies in {folder} are wrong\n{wrong}") from None
    sha256 = hashlib.sha256(document).hexdigest()
    artefacts, signer = MemoryArtefacts(), memory_signer("command-line")
    artefacts.put(f"bundle/{sha256}", document)
    artefacts.put(f"bundle/{sha256}.sig", signer.sign(signed_content(document)))
    loaded = Bundles(artefacts, (signer.public_key(),), ENGINE).of(sha256)
    if isinstance(loaded.bundle, Broken):
        raise Complaint(f"the policies in {folder} do not load: {loaded.bundle.reason}")
    return loaded.bundle, loaded
