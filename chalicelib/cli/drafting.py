"""What a person is shown and asked while they write a reply: starters, the posts that it repeats, words that the guide avoids."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rich.text import Text

from chalicelib.cli import screen
from chalicelib.cli.folder import Folder
from chalicelib.cli.story import stories
from chalicelib.domain.account import Brand
from chalicelib.domain.facts import Case
from chalicelib.domain.notice import Mention
from chalicelib.local.policies import VOICES
from chalicelib.steps.said import said_since
from chalicelib.voice.alike import ASK, WARN, Near, Post, closest
from chalicelib.voice.guide import Guide
from chalicelib.voice.starters import starters
from chalicelib.voice.voice import Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One person writing into one case: the post they answer, the voice of its brand, and what they may start from."""

    mention: Mention
    handle: str
    topic: str
    starters: tuple[str, ...]
    disclosures: tuple[str, ...]
    language: str
    posts: tuple[Post, ...]
    now: datetime

    def near(self, text: str) -> Sequence[Near]:
        """The posts of the account in the window that ``text`` is most like."""
        return closest(text, self.posts, self.disclosures, self.now)


def desk(folder: Folder, case: Case, mention: Mention, window: timedelta) -> Desk:
    """Everything that the writer is shown or asked about, read once."""
    loaded = folder.loaded()
    brand = loaded.brand_of(mention.platform, mention.account)
    voice = voice_of(folder, brand)
    topic = next((found for found in (_topic(folder, one) for one in reversed(case.mentions)) if found), "")
    team = brand.teams.get(case.department, brand.teams.get("default", "team")) if brand else "team"
    return Desk(
        mention=mention,
        handle=_handle(brand, mention),
        topic=topic,
        starters=starters(voice, topic, team, zlib.crc32(case.id.encode()) % voice.size) if voice else (),
        disclosures=voice.disclosures if voice else (),
        language=voice.language if voice else "",
        posts=posts_of(folder, mention.platform, mention.account, window),
        now=folder.now(),
    )


def posts_of(folder: Folder, platform: str, account: str, window: timedelta) -> tuple[Post, ...]:
    """Everything that the account said in public in the window, by the machine and by people, oldest first."""
    now = folder.now()
    said = said_since(folder.store, platform, account, now - window, now)
    return tuple(Post(one.at, one.by, one.text) for one in said)


def shown(near: Sequence[Near], folder: Folder, brand: str) -> list[Text]:
    """The closest posts, a line each: how like, how old, by whom, the text made safe."""
    clock = folder.clock()
    return [
        Text(
            f"  {one.similarity:.0%} alike, {_age(one.age)} ago ({clock.at(one.post.at, brand)}), by "
            f"{'the machine' if one.post.by == 'machine' else 'a person'}: “{screen.safe(one.post.text)}”",
            style="bold red" if one.similarity >= ASK else "yellow" if one.similarity >= WARN else "",
        )
        for one in near
    ]


def account_of(folder: Folder, name: str) -> tuple[str, str, str, Brand]:
    """(platform, id, handle, brand) of the account ``name``: its handle or id, with its platform before it where needed.

    Raises Complaint where no account in force is meant, or several are.
    """
    known = [(one, brand) for brand in folder.brands().values() for one in brand.accounts]
    wanted = name.removeprefix("@").casefold()
    found = [
        (one, brand)
        for one, brand in known
        if wanted in {part.casefold() for base in (one.handle, one.id) for part in (base, f"{one.platform}/{base}")}
    ]
    if len(found) != 1:
        names = ", ".join(f"{one.platform}/{one.handle}" for one, _ in found or known)
        raise screen.Complaint(f"{name}: {'which one' if found else 'no such account'}? there are {names or 'none'}")
    account, brand = found[0]
    return account.platform, account.id, account.handle, brand


def guide_of(policies: Path, language: str) -> Guide | None:
    """The tone guide of a language in a policy folder; None where there is none that can be read."""
    from chalicelib.voice.loader import GUIDE, read_guide  # noqa: PLC0415 - reading YAML waits until it is asked for

    path = policies / VOICES / f"{GUIDE}.{language}.yaml"
    try:
        found = read_guide(str(path), path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    return found if isinstance(found, Guide) else None


def voice_of(folder: Folder, brand: Brand | None) -> Voice | None:
    """The voice in which a brand speaks its first language; None where it is not in force."""
    return folder.loaded().voices.get(f"{brand.voice}.{brand.languages[0]}") if brand else None


def _topic(folder: Folder, record: str) -> str:
    return next((str(story.decided.get("topic") or "") for story in stories(folder.lookup, record)), "")


def _handle(brand: Brand | None, mention: Mention) -> str:
    accounts = brand.accounts if brand else ()
    return next((one.handle for one in accounts if (one.platform, one.id) == (mention.platform, mention.account)), "")


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"
