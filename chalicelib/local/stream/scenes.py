"""Reads the scenes: YAML written by us, every key checked, so that a typo in a scene is an error and not a silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "scenes"

MENTIONS = ("mention", "delete-first")
"""What brings a new mention; ``delete-first`` delivers its deletion before it."""

FOLLOWING = ("redeliver", "again", "delete", "edit", "own-reply", "echo")
"""What speaks ``of`` an earlier entry."""

_CHOICES = {
    "do": (*MENTIONS, *FOLLOWING, "garbled"),
    "once": (None, "reserved", "settled"),
    "ends": (None, "posted", "human", "ignored"),
    "shape": ("activity", "account-activity"),
    "header": ("oauth2", "consumer"),
    "signature": ("right", "wrong"),
    "form": ("post", "reply", "quote", "repost"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happens in public, in the order of the scenes.

    ``to`` are handles of ours, ``by`` is the writer's handle, ``say`` the text (our handles are put in front where they are
    missing). ``of`` names an earlier entry; ``once`` waits until that one is ``reserved`` or ``settled``. ``ends`` is the
    state every mention of the entry must end in (posted, human, ignored). ``copies`` are further deliveries of the same
    mention at the same moment, ``platform_answers`` how the sandbox platform answers our reply, ``minutes_old`` how long
    before its delivery the post was written. ``answers_us``: the post replies to our acknowledgement in ``thread``.
    ``summoned`` false: the text does not name us by our handle.
    """

    id: str
    do: str = "mention"
    of: str | None = None
    once: str | None = None
    note: str = ""
    to: tuple[str, ...] = ()
    by: str = ""
    say: str = ""
    ends: str | None = None
    shape: str = "activity"
    header: str = "oauth2"
    signature: str = "right"
    form: str = "post"
    thread: str | None = None
    answers_us: bool = False
    summoned: bool = True
    lang: str = "en"
    media: tuple[str, ...] = ()
    name: str = ""
    followers: int | None = None
    verified: bool = False
    bot: bool = False
    minutes_old: int = 0
    copies: int = 0
    platform_answers: str | None = None
    history: tuple[Mapping[str, Any], ...] = ()
    open_ticket: bool | None = None
    channels_tried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A few entries that show one thing."""

    title: str
    entries: tuple[Entry, ...]


_LISTS = {field.name for field in fields(Entry) if str(field.type).startswith("tuple")}
_KNOWN = {field.name for field in fields(Entry)}


def load(folder: Path = FOLDER) -> tuple[Scene, ...]:
    """Every scene of ``folder`` in the order of the file names; raises ValueError naming file, entry and remedy."""
    scenes = tuple(_scene(path) for path in sorted(folder.glob("*.yaml")))
    _check_references(scenes)
    return scenes


def _scene(path: Path) -> Scene:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict) or set(document) != {"scene", "posts"}:
        raise ValueError(f"{path.name}: a scene has the keys scene and posts, nothing else")
    return Scene(title=document["scene"], entries=tuple(_entry(path.name, raw) for raw in document["posts"]))


def _entry(file: str, raw: Mapping[str, Any]) -> Entry:
    unknown = sorted(set(raw) - _KNOWN)
    if unknown or "id" not in raw:
        raise ValueError(f"{file}: {raw.get('id', 'an entry without id')}: unknown keys {unknown}; known: {sorted(_KNOWN)}")
    values: dict[str, Any] = {key: _listed(value) if key in _LISTS else value for key, value in raw.items()}
    entry = Entry(**values)
    for key, choices in _CHOICES.items():
        if getattr(entry, key) not in choices:
            raise ValueError(f"{file}: {entry.id}: {key}: {getattr(entry, key)} is none of {choices}")
    if (entry.do in FOLLOWING or entry.once) and not entry.of:
        raise ValueError(f"{file}: {entry.id}: needs of: with the id of an earlier entry")
    return entry


def _listed(value: object) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def _check_references(scenes: Sequence[Scene]) -> None:
    seen: set[str] = set()
    for entry in (entry for scene in scenes for entry in scene.entries):
        if entry.id in seen:
            raise ValueError(f"{entry.id}: this id stands for two entries")
        for reference in (entry.of, entry.thread):
            if reference and reference not in seen:
                raise ValueError(f"{entry.id}: there is no earlier entry {reference}")
        seen.add(entry.id)
