"""GP2xx: names, and who answers for them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chalicelib.domain.problem import Severity
from chalicelib.policy.files.yaml_nodes import read_yaml
from chalicelib.policy.proving.lints.contract import Found, Lint, Subject
from chalicelib.policy.rules.node import Map, Text

_REACHED = re.compile(r"\S+@\S+\.\S+|[a-z0-9]+(-[a-z0-9]+)+")


def _nobody(subject: Subject) -> Iterator[Found]:
    for path, text in sorted(subject.files.items()):
        node = read_yaml(path, text)[0] if path.endswith("/policy.yaml") else None
        if not isinstance(node, Map):
            continue
        owner = node.get("owner")
        if not isinstance(owner, Text) or not _REACHED.fullmatch(owner.value):
            place = owner.place if owner else node.place
            yield place, "nobody can be reached about this policy", "write owner: and an address, or the name of a team"


LINTS = (
    Lint(
        id="GP201",
        title="There is no such check, list, topic or detector",
        avoid="text_has: [leagl]",
        prefer="text_has: [legal]",
        why="A rule that looks at a list that is not there would never fire.",
    ),
    Lint(
        id="GP202",
        title="Not what is expected here",
        avoid="account_age_under: 30",
        prefer="account_age_under: 30 days",
        why="A value without its unit, or of another kind, is a guess; a guess is not a policy.",
    ),
    Lint(
        id="GP203",
        title="No why, or a why that says nothing",
        avoid="why: Legal.",
        prefer="why: Lawyers are answered by people who may speak for the company.",
        why="Whoever gets the case reads this sentence, and so does the auditor.",
    ),
    Lint(
        id="GP204",
        title="Two rules of one name",
        avoid="a brand's rule called legal, as in the baseline",
        prefer="legal-of-the-brand",
        why="Both would count, and no record could tell which of them decided.",
    ),
    Lint(
        id="GP206",
        title="Nobody answers for the policy",
        avoid="owner: us",
        prefer="owner: social-ops@telline.example",
        why="When it does something odd at 2 a.m., somebody has to be found.",
        severity=Severity.WARNING,
        check=_nobody,
    ),
)
