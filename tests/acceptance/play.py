"""Plays one scenario on a stage and tells what became of it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain import envelope, keys
from chalicelib.domain.account import Account
from chalicelib.domain.codec import instant, iso
from chalicelib.domain.fact import Fact, Known, NotOffered
from chalicelib.domain.facts import Acknowledged, Case, Control, Person, Promise, Rota, Thread, ThreadPost
from chalicelib.domain.hours import LOOK_AHEAD
from chalicelib.domain.limits import Limits
from chalicelib.domain.notice import Author, Form, Mention, Notice
from chalicelib.domain.state import State
from chalicelib.local.sandbox import SandboxPost
from chalicelib.local.stream import relay_shape, x_shape
from chalicelib.local.stream.post import Earlier, Post, Writer, number
from chalicelib.steps.rows import Standing
from chalicelib.voice.compose import upcoming
from tests.acceptance import brands
from tests.acceptance.scenario import Scenario, before
from tests.acceptance.stage import PLATFORMS, Outside, Stage

AFTERWARDS = timedelta(minutes=20)
"""Longer than any deadline: everything that can still happen has happened."""

WITHIN_THE_HOUR = timedelta(hours=1)
FORGOTTEN = timedelta(days=30)
"""An earlier conversation that is older has been closed by somebody, unless the scenario says that a case is open."""

SPEAKERS = {"author": "author", "brand_auto": "brand_auto", "brand_human": "brand_human"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What became of a scenario. ``standings`` has one entry for each brand that was tagged, the scenario's own first;
    ``public`` is everything that became public until then, ``replies`` what stands under the post."""

    scenario: Scenario
    stage: Stage
    post: Post
    platform: str
    standings: tuple[Standing | None, ...]
    case: Case | None
    case_before: Case | None
    decision: Mapping[str, Any]
    replies: tuple[SandboxPost, ...]
    public: tuple[SandboxPost, ...]

    @property
    def outcome(self) -> str:
        """In the words of the scenarios: ack, human, ignore, or undecided."""
        states = [standing.state for standing in self.standings if standing]
        if State.POSTED in states or self.replies:
            return "ack"
        return "human" if State.HUMAN in states else "ignore" if State.IGNORED in states else "undecided"

    @property
    def text(self) -> str:
        """The public reply, empty where there is none."""
        return self.replies[0].text if self.replies else ""

    @property
    def has_case(self) -> bool:
        """Whether a person has, or will find, this conversation."""
        main = self.standings[0]
        joined = self.case is not None and main is not None and main.id in self.case.mentions
        taken = self.case is not None and self.case.status == "taken"
        return self.case is not None and self.case.status != "closed" and (joined or taken)


def play(scenario: Scenario, outside: Outside) -> Played:
    """The whole scenario, from its first webhook until nothing can happen any more."""
    received = brands.created_at(scenario) if scenario.said["now"] is None else scenario.now
    received += timedelta(minutes=float(scenario.happening("received_late_minutes", 0) or 0))
    hold = timedelta(seconds=float(scenario.happening("hold_s", Limits().hold.total_seconds())))
    recovered = scenario.state("platform_api", "up") == "recovered"
    stage = Stage(outside, received, replace(Limits(), hold=hold), unreachable=1 if recovered else 0)
    posts = _posts(scenario)
    _set(stage, scenario, posts)
    case_before = stage.case(posts[0].account.platform, posts[0].account.id, posts[0].writer.id)
    if scenario.happening("post_result", "ok") != "ok":
        outside.sandbox.script(posts[0].id, "apply-and-lose")
    _deliver(stage, scenario, posts)
    stage.pass_time(AFTERWARDS)
    return _told(stage, scenario, posts, case_before)


def ordinary(stage: Stage, played: Played, id: str, *, text: str, by: str | None = None) -> Standing | None:
    """A further mention in the same thread, by the same author or ``by`` another one: what the machine does now."""
    writer = played.post.writer if by is None else dataclasses.replace(played.post.writer, id=number("account", by), handle=by)
    handle = played.post.account.handle
    further = dataclasses.replace(
        played.post,
        id=number("further", id, digits=18),
        root_id=number("further", id, digits=18),
        writer=writer,
        text=f"@{handle} {text}",
        created_at=stage.now,
        media=(),
        history=(),
        form="post",
    )
    _send(stage, further, True)
    stage.decide()
    stage.pass_time(AFTERWARDS)
    return stage.standing(further.account.platform, further.root_id, further.account.id)


# --- the world before -----------------------------------------------------------------------------------------------------


def _posts(scenario: Scenario) -> tuple[Post, ...]:
    """The post, once for each brand of ours that it tags."""
    said, platform = scenario.said["mention"], brands.platform_of(scenario)
    author = said["author"]
    accounts = [
        Account(platform=platform, id=brands.account_id(one.handle), handle=one.handle.lstrip("@"))
        for one in brands.named(scenario)
    ]
    id = number("post", scenario.name, digits=18)
    first = Post(
        account=accounts[0],
        id=id,
        root_id=id,
        writer=Writer(
            id=brands.account_id(author["handle"]),
            handle=author["handle"].lstrip("@"),
            name=author.get("display_name") or author["handle"],
            followers=author.get("followers", 0),
            verified=author.get("verified", False),
            bot=bool(author.get("is_bot", False)) or "automated" in author.get("tags", ()),
            joined=scenario.now - timedelta(days=author.get("account_age_days", 0)),
        ),
        text=said["text"],
        created_at=brands.created_at(scenario),
        thread=number("thread", scenario.name, digits=18),
        tagged=tuple(accounts) if said.get("summoned", True) else (),
        language=said.get("lang") or "und",
        media=tuple(str(one.get("type", "photo")) for one in said.get("media", ())),
        history=tuple(Earlier(at=at, by=SPEAKERS.get(by, "other"), text=text) for at, by, text in brands.history_of(scenario)),
    )
    return tuple(dataclasses.replace(first, account=account) for account in accounts)


def _set(stage: Stage, scenario: Scenario, posts: Sequence[Post]) -> None:
    stage.seal()
    _policy(stage, scenario)
    for place, named in enumerate(brands.named(scenario)):
        brand = named.id.replace("_", "-").lower()
        stage.account(posts[place].account.platform, posts[place].account.id)
        stage.staffed(brand, _rota(scenario, stage.now), scenario.state("p80_minutes_to_human", 35))
        _switch(stage, scenario, posts[place])
        incident, surge = scenario.state("incident", None), scenario.state("surge", False)
        if incident or surge:
            stage.raw(keys.alert(brand), {"incident": incident, "surge": bool(surge)})
    _told_before(stage, scenario, posts[0])
    _signals(stage, scenario)
    _pool(stage, scenario, posts[0])


def _policy(stage: Stage, scenario: Scenario) -> None:
    """``valid`` and ``last_good`` are a bundle in force (a broken one never gets there); anything else is none."""
    version = scenario.state("policy_version", "valid")
    if version in ("valid", "last_good"):
        stage.publish(brands.compiled(scenario, "sha256:" + "0" * 64))
    else:
        stage.raw(keys.pointer(), {"sha256": "f" * 64, "version": 1})


def _switch(stage: Stage, scenario: Scenario, post: Post) -> None:
    switch, place = scenario.state("kill_switch", "off"), keys.control(post.account.platform, post.account.id)
    if switch == "on":
        stage.put(place, Control(version=2, mode="live", paused=("all",)))
    elif switch != "off":
        stage.raw(place, {"version": "?"})


def _rota(scenario: Scenario, now: datetime) -> Rota | None:
    on_shift, following = scenario.state("on_shift", 4), scenario.state("next_shift", "known")
    if on_shift is None:
        return None
    shift = (
        {"unknown": None, "known": now + timedelta(hours=8)}.get(following)
        if following in ("known", "unknown")
        else instant(following)
    )
    return Rota(on_shift=int(on_shift), until=now + timedelta(hours=12), next_shift=shift)


def _signals(stage: Stage, scenario: Scenario) -> None:
    """``<signal>:timeout``: what computes that signal did not answer."""
    for told in str(scenario.state("signals", "ok")).split(","):
        signal, _, trouble = told.strip().partition(":")
        if trouble:
            stage.unanswered(signal)


def _pool(stage: Stage, scenario: Scenario, post: Post) -> None:
    """Every word of the voice is held but so many, spread over the voice."""
    fresh = scenario.state("ack_pool_fresh", None)
    loaded = stage.bundles.named_by(stage.store.read([keys.pointer()]).get(keys.pointer()))
    voice = loaded.voices.get("plain.en")
    if fresh is None or voice is None:
        return
    words = [lock for _, lock in upcoming(voice, 0, voice.size)]
    free = {words[number * len(words) // fresh] for number in range(min(int(fresh), len(words)))}
    held = {"expires": iso(stage.now + timedelta(days=3)), "id": "earlier"}
    stage.rows({keys.word(lock): held for lock in words if lock not in free})


def _told_before(stage: Stage, scenario: Scenario, post: Post) -> None:
    """What we said before: to this person, and in this thread."""
    platform, author = post.account.platform, post.writer.id
    history = brands.history_of(scenario)
    acks = [(at, text) for at, by, text in history if by == "brand_auto"]
    if acks:
        had = tuple(Acknowledged(at=at, thread=post.thread, opening="seen:1", due=_due(at, text)) for at, text in acks)
        stage.put(keys.person(platform, author), Person(version=1, acknowledged=had))
    in_thread = [(at, by, text) for at, by, text in history if by.startswith("brand_")]
    for one in scenario.said.get("thread_others", ()):
        at = before(scenario.now, one["at"]) if one.get("at") else scenario.now - timedelta(minutes=3)
        in_thread.append((at, one["by"], one["text"]))
    ours = tuple(
        ThreadPost(at=at, by="machine" if by == "brand_auto" else "person", text=text)
        for at, by, text in sorted(in_thread)
        if by in ("brand_auto", "brand_human")
    )
    if ours:
        count = sum(one.by == "machine" for one in ours)
        stage.put(keys.thread(platform, post.thread), Thread(version=1, acknowledgements=count, posts=ours))
    _case_before(stage, scenario, post, history)
    for place, (at, text) in enumerate(acks):
        promise = Promise(
            mention=f"earlier{place}",
            made=at,
            due=_due(at, text),
            brand=brands.named(scenario)[0].id.replace("_", "-").lower(),
            topic="card",
            conversation=keys.case(platform, post.account.id, author).partition,
            person=keys.person(platform, author).partition,
        )
        stage.put(keys.promise(promise.mention), promise, due=promise.late_at)


def _case_before(stage: Stage, scenario: Scenario, post: Post, history: Sequence[tuple[datetime, str, str]]) -> None:
    recent = [one for one in history if scenario.now - one[0] < FORGOTTEN]
    is_open = scenario.state("open_case", None)
    if not (is_open if is_open is not None else bool(recent)):
        return
    person = any(by == "brand_human" for _, by, _ in recent)
    place = keys.case(post.account.platform, post.account.id, post.writer.id)
    opened = recent[0][0] if recent else stage.now - timedelta(hours=2)
    case = Case(
        version=1,
        id="earlier0",
        brand=brands.named(scenario)[0].id.replace("_", "-").lower(),
        conversation=place.partition,
        status="taken" if person else "open",
        owner="person:sam" if person else None,
        reason="ordinary-question",
        department="care",
        priority=3,
        opened=opened,
        due=stage.now + LOOK_AHEAD,
        mentions=tuple(f"earlier{number}" for number in range(max(1, len([one for one in recent if one[1] == "author"])))),
    )
    stage.put(place, case)


def _due(at: datetime, text: str) -> datetime | None:
    """What an earlier acknowledgement promised, as far as its text says it."""
    return at + WITHIN_THE_HOUR if "within the hour" in text else None


# --- what happens ---------------------------------------------------------------------------------------------------------


def _deliver(stage: Stage, scenario: Scenario, posts: Sequence[Post]) -> None:
    kind = str(scenario.happening("type", "create"))
    copies, concurrent = int(scenario.happening("delivery", 1) or 1), bool(scenario.happening("concurrent", False))
    summoned = bool(scenario.said["mention"].get("summoned", True))
    if scenario.said["mention"].get("state", "live") != "live":
        _send_deletion(stage, posts[0])
        stage.decide()
    for copy in range(copies):
        for post in posts:
            _send(stage, post, summoned, copy)
        if not concurrent:
            stage.decide()
    if concurrent:
        stage.decide(together=True)
    if kind == "create":
        return
    stage.pass_time(timedelta(seconds=float(scenario.happening("at_s", 30))))
    if kind == "create_then_delete":
        _send_deletion(stage, posts[0])
    elif kind == "create_then_edit":
        edited = str(scenario.happening("edited_text", posts[0].text))
        version = dataclasses.replace(posts[0], id=number("edit", posts[0].id, digits=18), text=edited)
        _send(stage, version, summoned)
    elif kind == "create_then_brand_native_reply":
        _send_native(stage, posts[0])
    else:
        raise ValueError(f"{scenario.name}: no such happening: {kind}")
    stage.decide()


def _send(stage: Stage, post: Post, summoned: bool, copy: int = 0) -> None:
    platform = post.account.platform
    if platform == "x":
        body = json.loads(x_shape.activity(post, f"{int(post.id) % 10**15}{post.account.id[-3:]}{copy}"))
        tags = body["data"]["payload"]["entities"]["mentions"]
        if summoned and not any(tag["id"] == post.account.id for tag in tags):
            tags.append({"username": post.account.handle, "id": post.account.id})
    elif platform.startswith("relay:"):
        body = json.loads(relay_shape.mention(post, stage.now))
        body["data"]["summoned"] = summoned
    else:
        stage.ports.mentions.send(envelope.wrap(_direct(stage, post, summoned), "current"))
        return
    status = stage.webhook(platform, json.dumps(body, ensure_ascii=False).encode())
    assert status == 202, f"the receiver answered {status}"


def _send_deletion(stage: Stage, post: Post) -> None:
    relay = post.account.platform.startswith("relay:")
    body = relay_shape.deletion(post, stage.now) if relay else x_shape.deletion(post, f"{int(post.id) % 10**15}7")
    assert stage.webhook(post.account.platform, body) == 202


def _send_native(stage: Stage, post: Post) -> None:
    """A colleague answers from a phone: a post of the account itself that this service did not write."""
    account = post.account
    writer = dataclasses.replace(post.writer, id=account.id, handle=account.handle, name=account.handle, bot=False)
    id = number("native", post.id, digits=18)
    said = f"@{post.writer.handle} Hi, Priya here, I am looking at it now."
    own = dataclasses.replace(
        post,
        id=id,
        root_id=id,
        writer=writer,
        text=said,
        tagged=(),
        form="reply",
        reply_to=post.id,
        reply_to_writer=post.writer.id,
    )
    relay = account.platform.startswith("relay:")
    body = relay_shape.own_post(own, stage.now) if relay else x_shape.own_post(own, f"{int(post.id) % 10**15}8")
    assert stage.webhook(account.platform, body) == 202


def _direct(stage: Stage, post: Post, summoned: bool) -> Notice:
    """The notice that a platform file would give; what the platform does not offer is not offered."""
    not_offered = PLATFORMS[post.account.platform].not_offered

    def fact(name: str, value: Any) -> Fact[Any]:
        return NotOffered() if name in not_offered else Known(value)

    writer = post.writer
    return Mention(
        platform=post.account.platform,
        account=post.account.id,
        post_id=post.id,
        root_id=post.root_id,
        delivery_id=post.id,
        received_at=stage.now,
        created_at=fact("created_at", post.created_at),
        text=Known(post.text),
        author=Author(
            id=Known(writer.id),
            handle=Known(writer.handle),
            name=Known(writer.name),
            followers=fact("author.followers", writer.followers),
            verified=fact("author.verified", writer.verified),
            created_at=fact("author.created_at", writer.joined),
            bot=fact("author.bot", writer.bot),
        ),
        language=fact("language", post.language),
        summoned=Known(summoned),
        form=Form.POST,
        edited=post.id != post.root_id,
        thread_id=Known(post.thread),
        reply_to_post=None,
        reply_to_user=None,
        media=Known(post.media),
        tagged=tuple(account.id for account in post.tagged),
    )


def _told(stage: Stage, scenario: Scenario, posts: Sequence[Post], case_before: Case | None) -> Played:
    post = posts[0]
    standings = tuple(stage.standing(one.account.platform, one.root_id, one.account.id) for one in posts)
    main = standings[0]
    replies = tuple(one for one in stage.public if one.in_reply_to in {post.id, post.root_id})
    return Played(
        scenario=scenario,
        stage=stage,
        post=post,
        platform=post.account.platform,
        standings=standings,
        case=stage.case(post.account.platform, post.account.id, post.writer.id),
        case_before=case_before,
        decision=stage.leaves(main.id)[0]["decision"] if main else {},
        replies=replies,
        public=tuple(stage.public),
    )
