"""The table of ``ackguard run``: every entry of the stream with what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from chalicelib.cli import screen
from chalicelib.cli.folder import LocalTimes
from chalicelib.cli.story import Finder, Story, cases, stories, text_of
from chalicelib.domain import keys
from chalicelib.domain.facts import Case
from chalicelib.domain.keys import Key
from chalicelib.local.feed import Sent
from chalicelib.local.stream.post import Post
from chalicelib.local.stream.scenes import FOLLOWING
from chalicelib.ports import Row, Store
from chalicelib.voice.sameness import similarity

QUOTED = 3
LONGEST_QUOTE = 28
"""How many pieces of evidence one cell shows, and how many characters of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """One entry of the stream, for one account: its story (None: nothing was kept) and its case."""

    sent: Sent
    post: Post | None
    story: Story | None
    case: Case | None


class Board:
    """Reads the fates of everything that was sent, and shows them."""

    def __init__(self, store: Store, lookup: Finder, clock: LocalTimes, disclosures: Iterable[str]) -> None:
        self._store, self._lookup, self._clock, self._disclosures = store, lookup, clock, tuple(disclosures)

    def fates(self, sent: Sequence[Sent]) -> list[Fate]:
        """One fate for each post of each entry; an entry without a post has one as well."""
        known = {name: case for case in cases(self._lookup) for name in case.mentions}
        fates = []
        for one in sent:
            for post in one.posts or (None,):
                row = self._standing(post) if post else None
                found = stories(self._lookup, str(row["id"])) if row else []
                story = found[0] if found else None
                fates.append(Fate(sent=one, post=post, story=story, case=known.get(story.id) if story else None))
        return fates

    def show(self, out: Console, fates: Sequence[Fate]) -> None:
        """A table for each scene, the totals and how alike the closest two replies are."""
        for place, (scene, group) in enumerate(groupby(fates, key=lambda fate: fate.sent.scene)):
            made = _columns(min(out.width, screen.PIPE_WIDTH), header=place == 0)
            for fate in group:
                made.add_row(*self._cells(fate))
            out.print(Text(f"\n{scene}", style="bold cyan"))
            out.print(made)
        out.print()
        for line in [*totals(fates), *self.sameness(fates)]:
            out.print(Text(line))

    def sameness(self, fates: Sequence[Fate]) -> list[str]:
        """How alike the closest two of the posted replies are, of 1."""
        texts = {fate.story.id: fate.story.reply for fate in fates if fate.story and fate.story.end.get("state") == "posted"}
        said = [(name, text) for name, text in texts.items() if text]
        if len(said) < 2:
            return []
        alike = max((similarity(a, b, self._disclosures), x, y) for (x, a), (y, b) in combinations(said, 2))
        distinct = len({text for _, text in said})
        return [
            f"{len(said)} replies are public, {distinct} different texts. "
            f"The closest pair: {alike[0]:.2f} alike ({alike[1][:8]} and {alike[2][:8]}; a script posted twice is 1.00)"
        ]

    def _standing(self, post: Post) -> Row | None:
        place: Key = keys.state(post.account.platform, post.root_id, post.account.id)
        return self._store.read([place]).get(place)

    def _cells(self, fate: Fate) -> list[Text]:
        if fate.sent.entry.do in FOLLOWING or fate.story is None:
            return _aside(fate)
        story = fate.story
        return [
            _mention(fate),
            screen.outcome_text(story.outcome),
            Text(story.rule),
            Text(evidence(story)),
            Text(self._where(story, fate.case)),
        ]

    def _where(self, story: Story, case: Case | None) -> str:
        if story.outcome == "ignore":
            return ""
        went = f"→ {case.department} P{case.priority} by {self._clock.at(case.due, case.brand)}" if case else "→ a person"
        if story.outcome == "acknowledge" and story.reply:
            state = "" if story.end else "(on its way) "
            return f"{state}“{screen.safe(story.reply)}” {went}"
        return went


def _columns(width: int, *, header: bool) -> Table:
    made = screen.table("mention", "outcome", "rule", "evidence", "the reply, or where it went and by when")
    made.show_header, made.show_edge = header, False
    made.width = width
    for column, ratio in zip(made.columns, (31, None, None, 18, 42), strict=True):
        column.ratio = ratio
    for place, longest in ((1, "acknowledge"), (2, "ordinary-question")):
        made.columns[place].min_width = made.columns[place].max_width = len(longest)
    return made


def _mention(fate: Fate) -> Text:
    entry, post = fate.sent.entry, fate.post
    assert post is not None
    text = Text(f"@{post.writer.handle.split('@')[0]} → @{post.account.handle.lstrip('@')}\n", style="bold")
    text.append(screen.shortened(entry.say, 90), style="not bold")
    return text.append(f"\n{entry.note}", style="not bold italic dim") if entry.note else text


def _aside(fate: Fate) -> list[Text]:
    entry, statuses = fate.sent.entry, sorted(set(fate.sent.statuses))
    mention = Text(f"({entry.do} of {entry.of})" if entry.of else f"({entry.id})", style="dim")
    if entry.note:
        mention.append(f"\n{entry.note}", style="italic dim")
    said = f"HTTP {', '.join(map(str, statuses))}" if statuses else ""
    return [mention, Text(""), Text(said), Text(""), Text(_kept(fate))]


_NOTED = {"edited": "the edit is noted", "deleted": "the deletion is noted", "taken": "a person answers here"}


def _kept(fate: Fate) -> str:
    if fate.story is None:
        return "a case for a person" if fate.sent.entry.do == "garbled" else "nothing is kept"
    kinds = Counter(str(kept.public["kind"]) for kept in fate.story.records)
    noted = [words for kind, words in _NOTED.items() if kinds[kind]]
    return "; ".join([*noted, f"still {kinds['decision']} decision, {kinds['terminal']} end"])


def evidence(story: Story) -> str:
    """What made the rules match that carry the decision: words quoted from the mention, or else facts."""
    decision, text = story.decision, text_of(story.mention)
    if decision is None:
        return "(erased)"
    if decision.outcome.value != story.outcome:
        return f"after {decision.outcome.value} by {decision.rule}"
    carrying = [match for match in decision.matched if match.rule in decision.because]
    found = [one for match in carrying for one in match.evidence]
    spans = [(one.start, one.end) for one in found if one.start is not None and one.end is not None]
    quotes = [f"“{screen.shortened(text[start:end], LONGEST_QUOTE)}”" for start, end in _tellings(spans)]
    facts = [f"{one.fact}: {screen.shortened(one.says, 40)}" for one in found if one.start is None]
    return ", ".join(list(dict.fromkeys(quotes or facts))[:QUOTED])


def _tellings(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans worth quoting: no whole sentence beside a phrase, and no phrase inside another."""
    short = [span for span in spans if span[1] - span[0] <= LONGEST_QUOTE] or list(spans)
    return [one for one in short if not any(two != one and two[0] <= one[0] and one[1] <= two[1] for two in short)]


def totals(fates: Sequence[Fate]) -> list[str]:
    """How many mentions came to which outcome."""
    outcomes = {fate.story.id: fate.story for fate in fates if fate.story}
    counted = Counter(story.outcome for story in outcomes.values())
    waiting = sum(not story.end for story in outcomes.values())
    line = f"{len(outcomes)} mentions: " + ", ".join(f"{counted[name]} {name}" for name in screen.OUTCOME_STYLE)
    return [f"{line}; {waiting} still on their way" if waiting else line]
