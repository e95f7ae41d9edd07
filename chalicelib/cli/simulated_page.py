"""The report of a simulation as one HTML file: no script, no network, every text from outside escaped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from chalicelib.cli import screen
from chalicelib.cli.rehearsal import SAMPLED, Rehearsal

COLOUR = {"acknowledge": "#1b7f4b", "human": "#b7791f", "ignore": "#6b7280"}
BARS = 16
_WIDTH, _NAME, _NUMBER, _ROW = 860, 250, 70, 34

STYLE = """
:root { color-scheme: light dark; --ink: #1f2430; --soft: #667085; --line: #dfe3ea; --back: #ffffff; --card: #f6f7f9;
  --bad: #b42318; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaf0; --soft: #9aa3b5; --line: #333947; --back: #14171f; --card: #1c212c; --bad: #ff8a7a; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 58rem; padding: 2.5rem 1.25rem 4rem; background: var(--back); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; } p { margin: .35rem 0; }
.soft { color: var(--soft); } .numbers { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1.5rem 0 0; padding: 0;
  list-style: none; }
.numbers li { flex: 1 1 12rem; background: var(--card); border-radius: .6rem; padding: .9rem 1.1rem; }
.numbers b { display: block; font-size: 1.9rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.bad b { color: var(--bad); }
article { border: 1px solid var(--line); border-left: .3rem solid var(--bad); border-radius: .5rem;
  padding: .8rem 1rem; margin: .75rem 0; }
article.calm { border-left-color: #b7791f; }
blockquote { margin: .2rem 0 .6rem; font-size: 1.05rem; overflow-wrap: anywhere; white-space: pre-wrap; }
mark { background: #ffe08a; color: #1f2430; border-radius: .2rem; padding: 0 .1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .9rem; margin: 0; font-size: .9rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; } code { font-size: .9em; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); }
td.count, th.count { text-align: right; } svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--ink); font-size: 13px; }
svg .soft { fill: var(--soft); }
.key { display: inline-block; width: .8rem; height: .8rem; border-radius: .2rem; margin-right: .35rem; }
@media print { article { break-inside: avoid; } }
"""

HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Policy simulation</title>
<style>{style}</style>
</head>
<body>
"""


def write_page(path: Path, made: Rehearsal, name: str, now: datetime) -> None:
    """Write the report for its owner alone, line by line; raises Complaint where the file cannot be written."""
    try:
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        with path.open("w", encoding="utf-8") as page:
            page.writelines(_page(made, name, now))
    except OSError as error:
        raise screen.Complaint(f"{path}: {error.strerror}; give another file") from None


def _page(made: Rehearsal, name: str, now: datetime) -> Iterator[str]:
    found = made.simulation
    yield HEAD.format(style=STYLE)
    yield f"<h1>What would {_said(name)} do?</h1>\n"
    yield f'<p class="soft">{_said(screen.zoned(now))} · compared with the policy in force · nothing was sent</p>\n'
    yield '<ul class="numbers">'
    yield f"<li><b>{_share(made)}</b>{found.replayed:,} of {found.total:,} mentions replayed</li>"
    yield f'<li class="{"bad" if found.flips else ""}"><b>{found.flips:,}</b>went to a person and would be acknowledged</li>'
    quiet = found.moves["acknowledge", "human"]
    yield f"<li><b>{quiet:,}</b>were acknowledged and would go to a person</li></ul>\n"
    if found.left_out:
        rows = ((_said(why), f"{count:,}") for why, count in found.left_out.most_common())
        yield "<h2>Left out</h2>" + _table(("why", "mentions"), rows)
    yield "<h2>Where mentions end</h2>\n" + _flows(made)
    yield "<h2>From a person to an acknowledgement</h2>\n"
    yield from _articles(made)
    yield "<h2>What each rule hits</h2>\n" + _rules(made)
    if silent := found.silent():
        yield "<h2>Never hit</h2><p>" + ", ".join(f"<code>{_said(rule)}</code>" for rule in silent) + "</p>\n"
    yield "</body>\n</html>\n"


def _said(text: object) -> str:
    """Text from outside: what could hide or steer is made visible, then everything is escaped."""
    return escape("\n".join(screen.safe(line) for line in str(text).split("\n")), quote=True)


def _share(made: Rehearsal) -> str:
    found = made.simulation
    return f"{100 * found.replayed / found.total:.1f} %" if found.total else "–"


def _articles(made: Rehearsal) -> Iterator[str]:
    calm = 0
    if not made.simulation.flips:
        yield "<p>None.</p>\n"
    for flip in made.flips():
        if flip["after"] != "acknowledge":
            calm += 1
            if calm == 1:
                yield f'<h2>Other changes</h2><p class="soft">At most {SAMPLED} of each kind.</p>\n'
        yield _article(flip)


def _article(flip: dict[str, Any]) -> str:
    calm = "" if flip["after"] == "acknowledge" else ' class="calm"'
    pieces = "".join(f"<dt>{_said(piece['rule'])}</dt><dd>{_counted(piece)}</dd>" for piece in flip["evidence"])
    return (
        f"<article{calm}><blockquote>{_marked(flip)}</blockquote><dl>"
        f"<dt>before</dt><dd>{_said(flip['before'])}, by <code>{_said(flip['rule_before'])}</code></dd>"
        f"<dt>after</dt><dd>{_said(flip['after'])}, by <code>{_said(flip['rule_after'])}</code></dd>{pieces}"
        f"<dt>record</dt><dd><code>{_said(flip['id'])}</code> on {_said(flip['platform'])}</dd></dl></article>\n"
    )


def _counted(piece: dict[str, Any]) -> str:
    """One piece of evidence: the check, its list, and the words or the fact."""
    source = f" of {piece['source']}" if piece["source"] else ""
    words = piece["says"] if piece["quote"] is None else f"“{piece['quote']}”"
    return _said(f"{piece['check']}{source}: {words}")


def _marked(flip: dict[str, Any]) -> str:
    """The text with everything marked that counted."""
    text, place, said = str(flip["text"]), 0, []
    for start, end in sorted({tuple(piece["span"]) for piece in flip["evidence"] if piece["span"]}):
        if start >= place:
            said += [_said(text[place:start]), f"<mark>{_said(text[start:end])}</mark>"]
            place = end
    return "".join([*said, _said(text[place:])])


def _flows(made: Rehearsal) -> str:
    """Two bars, before and after, by outcome: a picture of the whole, drawn to scale."""
    moves, total = made.simulation.moves, max(1, made.simulation.replayed)
    rows, label = [], []
    for line, (name, place) in enumerate((("before", 0), ("after", 1))):
        left, top = 70.0, 8 + line * 52
        rows.append(f'<text x="0" y="{top + 25}">{name}</text>')
        for outcome, colour in COLOUR.items():
            count = sum(number for ends, number in moves.items() if ends[place] == outcome)
            width = (_WIDTH - 70) * count / total
            if count:
                rows.append(f'<rect x="{left:.1f}" y="{top}" width="{max(width, 1):.1f}" height="40" fill="{colour}" rx="3"/>')
            if width > 60:
                rows.append(f'<text x="{left + 8:.1f}" y="{top + 25}" style="fill:#fff">{count:,}</text>')
            left += width
    for outcome, colour in COLOUR.items():
        was, now = (sum(number for ends, number in moves.items() if ends[place] == outcome) for place in (0, 1))
        label.append(_key(colour, f"{outcome}: {was:,} → {now:,}"))
    drawn = "".join(rows)
    title = "<title>Mentions by outcome, before and after</title>"
    return f'<svg viewBox="0 0 {_WIDTH} 108" role="img">{title}{drawn}</svg><p>{"&emsp;".join(label)}</p>\n'


def _rules(made: Rehearsal) -> str:
    """The rules that changed most as bars, all of them as a table."""
    every = made.simulation.changed_rules()
    most = max([1, *(max(was, now) for _, was, now in every[:BARS])])
    span, drawn = _WIDTH - _NAME - _NUMBER, []
    for line, (rule, was, now) in enumerate(every[:BARS]):
        top = line * _ROW
        drawn.append(f'<text x="{_NAME - 10}" y="{top + 20}" text-anchor="end">{_said(screen.shortened(rule, 32))}</text>')
        for shift, count, colour in ((5, was, "#98a2b3"), (16, now, "#3b6fd4")):
            width = max(span * count / most, 1 if count else 0)
            drawn.append(f'<rect x="{_NAME}" y="{top + shift}" width="{width:.1f}" height="10" fill="{colour}" rx="2"/>')
        end = _NAME + span * max(was, now) / most + 8
        drawn.append(f'<text class="soft" x="{end:.1f}" y="{top + 20}">{was:,} → {now:,}</text>')
    title = "<title>Hits of each rule, before and after</title>"
    chart = f'<svg viewBox="0 0 {_WIDTH} {max(1, len(every[:BARS])) * _ROW}" role="img">{title}{"".join(drawn)}</svg>'
    keys = "&emsp;".join(_key(colour, name) for colour, name in (("#98a2b3", "before"), ("#3b6fd4", "after")))
    rows = ((f"<code>{_said(rule)}</code>", f"{was:,}", f"{now:,}") for rule, was, now in every)
    return f"{chart}<p>{keys}</p>" + _table(("rule", "before", "after"), rows)


def _key(colour: str, name: str) -> str:
    return f'<span class="key" style="background:{colour}"></span>{name}'


def _table(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    """A table whose cells are escaped already; all but the first column are numbers."""
    top = "".join(f"<th{_count(place)}>{head}</th>" for place, head in enumerate(heads))
    body = "".join(
        "<tr>" + "".join(f"<td{_count(place)}>{cell}</td>" for place, cell in enumerate(row)) + "</tr>\n" for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>\n"


def _count(place: int) -> str:
    return ' class="count"' if place else ""
