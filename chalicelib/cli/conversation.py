"""One case as a person needs it before they answer: everything that was said, by whom, and what is known beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from chalicelib.cli import screen
from chalicelib.cli.commands.why import followed
from chalicelib.cli.folder import LocalTimes
from chalicelib.cli.story import Story, handle_of, text_of, value
from chalicelib.domain import keys
from chalicelib.domain.codec import instant
from chalicelib.domain.facts import Case, Thread
from chalicelib.ports import Store
from chalicelib.steps.answered import STOPPED
from chalicelib.steps.rows import from_row

SPEAKERS = {
    "author": "the author",
    "brand_auto": "a machine of the brand",
    "brand_human": "a person of the brand",
    "other": "others",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was said."""

    at: datetime | None
    by: str
    text: str


def show(out: Console, case: Case, stories: Sequence[Story], store: Store, clock: LocalTimes, now: datetime) -> None:
    """Print the case: who has it, why it is here, what was said, what the relay knows, and what followed."""
    _put(out, f"case {case.id}  {case.brand}  {owned(case)}", "bold")
    until = clock.at(case.due, case.brand) + lateness(case, now)
    _put(
        out,
        f"{case.department}, P{case.priority}, {'answered; look again by' if answered(case, stories) else 'answer by'} {until}",
    )
    for story in stories:
        decision = story.decision
        if decision is not None:
            _put(out, f"{story.id[:8]} is here because of {decision.rule}: {decision.why}")
        elif story.decided:
            _put(out, f"{story.id[:8]} is here because of {story.decided['rule']}; its words were erased")
    out.print()
    _put(out, "What was said", "bold")
    for line in conversation(stories, store):
        when = clock.at(line.at, case.brand) if line.at else "(no time)"
        _put(out, f"  {when}  {line.by}: “{line.text}”")
    known = beside(stories)
    if known:
        out.print()
        _put(out, "What the relay knows", "bold")
        for text in known:
            _put(out, f"  {text}")
    out.print()
    _put(out, "What followed", "bold")
    for story in stories:
        for text in followed(story, None, clock):
            _put(out, f"  {story.id[:8]}  {text}")


def owned(case: Case) -> str:
    """Status and owner in words."""
    return f"{case.status} by {case.owner}" if case.owner else case.status


def answered(case: Case, stories: Sequence[Story]) -> bool:
    """Whether a person's answer in this case is public for certain."""
    records = [kept.public for story in stories if story.id == case.id for kept in story.records]
    return any(one["kind"] == "replied" and one["body"]["status"] in STOPPED for one in records)


def lateness(case: Case, now: datetime) -> str:
    """How late the answer is, in words; empty while there is time."""
    late = now - case.due
    if case.status == "closed" or late.total_seconds() < 60:
        return ""
    hours, minutes = divmod(int(late.total_seconds()) // 60, 60)
    return f" ({hours} h {minutes} min late)" if hours else f" ({minutes} min late)"


def conversation(stories: Sequence[Story], store: Store) -> list[Line]:
    """Every public line once, oldest first: what the relay told, the mentions, and our posts in their threads."""
    lines: dict[tuple[str, str], Line] = {}
    for story in stories:
        if not story.mention:
            continue
        for said in _rows(story.mention.get("history")):
            at = instant(said["at"]) if said.get("at") else None
            line = Line(at=at, by=SPEAKERS.get(said["by"], "somebody"), text=said["text"])
            lines.setdefault((line.by, line.text), line)
    for story in stories:
        if story.mention:
            at = value(story.mention.get("created_at"))
            line = Line(
                at=instant(at) if at else story.at, by=f"@{handle_of(story.mention).lstrip('@')}", text=text_of(story.mention)
            )
            lines.pop((SPEAKERS["author"], line.text), None)
            lines[story.id, line.text] = line
    for line in _ours(stories, store):
        lines.setdefault((line.by, line.text), line)
    return sorted(lines.values(), key=lambda line: (line.at is not None, line.at or datetime.min))


def beside(stories: Sequence[Story]) -> list[str]:
    """What a relay told beside the words: an open ticket, other channels."""
    told = []
    for story in stories:
        ticket, channels = (value(story.mention.get(name)) for name in ("open_ticket", "channels_tried"))
        if ticket is not None:
            told.append("a ticket is open" if ticket else "no ticket is open")
        if channels:
            told.append("tried before: " + ", ".join(map(str, channels)))
    return list(dict.fromkeys(told))


def _ours(stories: Sequence[Story], store: Store) -> list[Line]:
    """What we said in the threads of these mentions. A reply that never went out is not a post: the stories tell of it."""
    unsent = {story.reply for story in stories if story.end.get("state") != "posted"}
    places = dict.fromkeys(_thread_of(story.mention) for story in stories if story.mention)
    said = []
    for row in store.read(list(places)).values() if places else ():
        for post in from_row(Thread, row).posts:
            if post.by == "person" or post.text not in unsent:
                said.append(Line(at=post.at, by="our acknowledgement" if post.by == "machine" else "we", text=post.text))
    return said


def _thread_of(mention: Mapping[str, Any]) -> keys.Key:
    return keys.thread(mention["platform"], value(mention.get("thread_id"), f"post:{mention['root_id']}"))


def _rows(fact: Any) -> Sequence[Mapping[str, Any]]:
    return value(fact, ()) or ()


def _put(out: Console, text: str, style: str = "") -> None:
    out.print(Text(screen.safe(text), style=style), soft_wrap=True)
