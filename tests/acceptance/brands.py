"""The brand of a scenario as ops would have written it: a folder beside the shipped baseline, compiled and loaded as always."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from chalicelib.domain.codec import instant
from chalicelib.local.policies import POLICIES, VOICES, read_tree
from chalicelib.local.stream.post import number
from chalicelib.policy.files.compile import compile_bundle
from chalicelib.voice.loader import read_all
from tests.acceptance.scenario import Scenario, before, load

HANDLE = re.compile(r"@\w+")
DIRECT = frozenset({"x", "facebook", "instagram", "linkedin"})
"""Platforms that have a file of their own; any other one enters through the relay under its name."""

_DAYS = re.compile(r"(\d\d:\d\d-\d\d:\d\d)\s*(.*)")


@dataclass(frozen=True, slots=True)
class Named:
    """One brand of the deployment: its id, the handle that the post names, and the accounts that are its own beside it."""

    id: str
    handle: str
    own: tuple[str, ...] = ()


def platform_of(scenario: Scenario) -> str:
    """The platform as the deployment calls it."""
    name = str(scenario.said.get("platform", "x"))
    return name if name in DIRECT else f"relay:{name}"


def account_id(handle: str) -> str:
    """The id of an account or an author, always the same for the same handle."""
    return number("account", handle.lstrip("@").casefold())


def named(scenario: Scenario) -> tuple[Named, ...]:
    """Every brand that the post tags, the scenario's own first; the others get the handles that are left in the text."""
    main, author = scenario.said["brand"], scenario.said["mention"]["author"]
    own = (author["handle"],) if "own_account" in author.get("tags", ()) else ()
    tenants = [name for name in scenario.happening("tenants", ()) if name != main["id"]]
    tagged = [tag for tag in HANDLE.findall(scenario.said["mention"]["text"]) if tag.lower() != main["handle"].lower()]
    sisters = zip(tenants, [*tagged, *(f"@{name}" for name in tenants[len(tagged) :])], strict=False)
    return (Named(main["id"], main["handle"], own), *(Named(name, handle) for name, handle in sisters))


def compiled(scenario: Scenario, engine: str) -> bytes:
    """The bundle of the scenario's brands over the shipped baseline; raises AssertionError with every problem of it.

    Scenarios share a bundle as far as their brands agree, because compiling the baseline takes most of a second.
    """
    return _compiled(_deployment(scenario), engine)


Folder = tuple[tuple[str, str], ...]


@dataclass
class _Deployment:
    """Brands that go together: each handle has one owner, each folder one content."""

    folders: dict[str, Folder] = field(default_factory=dict)

    def takes(self, folders: Mapping[str, Folder]) -> bool:
        """Whether ``folders`` are here already, or nothing here contradicts them."""
        return all(self.folders.get(handle, folder) == folder for handle, folder in folders.items())


@cache
def _deployments() -> tuple[_Deployment, ...]:
    found: list[_Deployment] = []
    for scenario in load():
        folders = _folders(scenario)
        place = next((one for one in found if one.takes(folders)), None)
        if place is None:
            place = _Deployment()
            found.append(place)
        place.folders |= folders
    return tuple(found)


def _deployment(scenario: Scenario) -> Folder:
    folders = _folders(scenario)
    shared = next((one for one in _deployments() if folders.items() <= one.folders.items()), None)
    together = shared.folders if shared else folders
    return tuple(sorted({part for folder in together.values() for part in folder}))


def _folders(scenario: Scenario) -> dict[str, Folder]:
    """Every name that must not have two owners (handles, and the brand itself) with the folder that owns it."""
    found: dict[str, Folder] = {}
    for brand in named(scenario):
        folder = tuple(sorted(_folder(brand, scenario).items()))
        found |= dict.fromkeys((brand.id.lower(), *(one.lower() for one in (brand.handle, *brand.own))), folder)
    return found


@cache
def _shipped() -> tuple[Mapping[str, str], Mapping[str, Any]]:
    tree = read_tree(POLICIES)
    voices, problems = read_all({path: text for path, text in tree.items() if path.startswith(f"{VOICES}/")})
    assert not problems, "\n".join(map(str, problems))
    return {path: text for path, text in tree.items() if path.startswith("baseline/")}, voices


@cache
def _compiled(folders: tuple[tuple[str, str], ...], engine: str) -> bytes:
    baseline, voices = _shipped()
    document = compile_bundle({**baseline, **dict(folders)}, voices, [engine])
    assert isinstance(document, bytes), "\n".join(map(str, document))
    return document


@cache
def _acknowledges(is_mechanics: bool) -> str:
    """The acknowledge rules of a shipped brand, without their end: scenarios have dates of their own.

    Where only the mechanics are tried, any score of the recogniser will do.
    """
    shipped = yaml.load((POLICIES / "demo" / "policy.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)["acknowledge"]
    rules = {name: {**rule, "review_by": "2099-12-31"} for name, rule in shipped.items()}
    if is_mechanics:
        rules = {name: {**rule, "when": {**rule["when"], "ordinary_over": "1%"}} for name, rule in rules.items()}
    return yaml.safe_dump({"acknowledge": rules}, sort_keys=False)


def _folder(brand: Named, scenario: Scenario) -> dict[str, str]:
    slug = brand.id.replace("_", "-").lower()
    policy = {"policy": slug, "owner": "acceptance@brand.example"}
    text = yaml.safe_dump(policy) + _acknowledges(scenario.is_mechanics)
    files = {f"{slug}/brand.yaml": yaml.safe_dump(_brand(slug, brand, scenario), sort_keys=False)}
    return files | {f"{slug}/policy.yaml": text}


def _brand(slug: str, brand: Named, scenario: Scenario) -> dict[str, Any]:
    said, industry = scenario.said["brand"], str(scenario.said["brand"]["industry"]).replace(" ", "-")
    topics = yaml.safe_load((POLICIES / "baseline" / "topics" / f"{industry}.yaml").read_text(encoding="utf-8"))["topics"]
    handles = (brand.handle, *brand.own)
    accounts = [
        {"platform": platform, "id": account_id(handle), "handle": handle.lstrip("@")}
        for platform in dict.fromkeys(("x", platform_of(scenario)))
        for handle in handles
    ]
    name = brand.handle.lstrip("@").split("_")[0]
    return {
        "id": slug,
        "name": name,
        "zone": said["tz"],
        "zone_name": "UK" if said["tz"] == "Europe/London" else said["tz"].split("/")[-1].replace("_", " "),
        "hours": _hours(said["hours"]),
        "muted": [_today(scenario, said["tz"])] if scenario.state("calendar_mute", None) else [],
        "languages": ["en"],
        "industries": [industry, "general"],
        "accounts": accounts,
        "voice": "plain",
        "own_names": sorted({name, *_apart(name), brand.id.replace("_", " ")}),
        "teams": {one: f"{one.replace('-', ' ')} team" for one in sorted({"care", *(t["department"] for t in topics.values())})},
        "sla": {"P0": "15", "P1": "60", "P2": "240", "P3": "480", "P4": "1440"},
    }


def _apart(name: str) -> Sequence[str]:
    """``DickinsonSavings`` is also called Dickinson Savings, and Dickinson."""
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)
    return [" ".join(words), words[0]] if len(words) > 1 else []


def _hours(said: str) -> list[str]:
    if said == "24x7":
        return ["24x7"]
    found = _DAYS.fullmatch(said)
    if not found:
        raise ValueError(f"hours: {said}")
    days = {"daily": "mon-sun", "": "mon-sun"}.get(found.group(2).lower(), found.group(2).lower())
    return [f"{days} {found.group(1)}"]


def _today(scenario: Scenario, zone: str) -> str:
    return str(scenario.now.astimezone(ZoneInfo(zone)).date())


def history_of(scenario: Scenario) -> list[tuple[datetime, str, str]]:
    """(when, by, text) of everything earlier in this conversation, oldest first."""
    spoken = [(before(scenario.now, one["at"]), one["by"], one["text"]) for one in scenario.said.get("history", ())]
    return sorted(spoken)


def created_at(scenario: Scenario) -> datetime:
    """When the post was written."""
    return instant(scenario.said["mention"].get("created_at") or scenario.said["now"])
