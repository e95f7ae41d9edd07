"""GP1xx: how a file is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chalicelib.domain.problem import Severity
from chalicelib.policy.files.layout import comments, laid_out
from chalicelib.policy.proving.lints.contract import Fixed, Found, Lint, Subject
from chalicelib.policy.rules.node import Place

_ONE_WORD = re.compile(r"#[^\s\]},\"']+")


def _swallowed(subject: Subject) -> Iterator[Found | Fixed]:
    for path, text in sorted(subject.files.items()):
        lines = text.split("\n")
        for line, column, written in comments(text) if path.endswith(".yaml") else ():
            shown = lines[line - 1]
            if column == 1 or not shown[: column - 1].strip() or not re.match(r"#\w", written):
                continue
            place = Place(path, line, column, shown)
            says, remedy = "YAML reads this as a comment, not as a #tag", 'put the text in quotes ("#tag"), or a space after #'
            if _ONE_WORD.fullmatch(written):
                yield place, says, remedy, f'{shown[: column - 1]}"{written}"'
            else:
                yield place, says, remedy


def _not_canonical(subject: Subject) -> Iterator[Found]:
    for path, text in sorted(subject.files.items()):
        made = laid_out(path, text)
        if isinstance(made, str) and made != text:
            old, new = text.split("\n"), made.split("\n")
            line = next(
                (n for n, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), min(len(old), len(new)) - 1
            )
            yield Place(path, line + 1, 1, old[line]), "not in the one format", "run ackguard policy fmt"


LINTS = (
    Lint(
        id="GP101",
        title="The file cannot be read",
        avoid="a tab at the start of a line; two documents in one file; a file over 256 KB",
        prefer="UTF-8 text, indented with spaces, one document, long lists in lists/<name>.txt",
        why="A file that nobody can read safely is refused whole: half a policy is worse than none.",
    ),
    Lint(
        id="GP102",
        title="A key is written twice",
        avoid="{why: One., why: Two.}",
        prefer="{why: Two.}",
        why="YAML readers silently keep the last one, so what you see first is not what holds.",
    ),
    Lint(
        id="GP103",
        title="Nobody reads this key",
        avoid="departmnt: legal",
        prefer="department: legal",
        why="A key that is misspelled would be a rule that never takes effect, and nobody would notice.",
    ),
    Lint(
        id="GP104",
        title="An anchor, a reference, a merge key or a tag",
        avoid="when: *same",
        prefer="when: {text_has: [legal]}",
        why="They hide what a rule says somewhere else in the file, and 271 bytes of them can make 43 million values.",
    ),
    Lint(
        id="GP105",
        title="A comment that swallows what you wrote",
        avoid="- #boycott",
        prefer='- "#boycott"',
        why="After a space YAML takes # for a comment: the hashtag is gone and an empty value is left.",
        fixes=True,
        check=_swallowed,
    ),
    Lint(
        id="GP106",
        title="Characters that deceive the eye",
        avoid="a zero-width space, or a mark that turns the direction of writing",
        prefer='"\\u200b" in double quotes, where a test needs one',
        why="What a reviewer reads must be what the machine reads.",
    ),
    Lint(
        id="GP107",
        title="Not in the one format",
        avoid="{text_has:  [ legal ]}",
        prefer="{text_has: [legal]}",
        why="In one format every change of a file is a change of meaning, and a review shows nothing else.",
        severity=Severity.WARNING,
        fixes=True,
        check=_not_canonical,
    ),
)
