"""Keeping platforms alive: asked by one, renewed only when the new one has worked, and told to people once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain import keys
from chalicelib.domain.facts import Case, Thread, ThreadPost
from chalicelib.domain.health import Health, Ill, Keys, Probe, Renewed, Sound, Unclear
from chalicelib.domain.notice import OwnPost
from chalicelib.domain.outcome import Carried, HttpRequest, HttpResponse, MaybeSent
from chalicelib.domain.state import State
from chalicelib.domain.webhook import Secrets
from chalicelib.embedded.memory import START
from chalicelib.platforms.reading.health import NothingToKeep
from chalicelib.policy.deciding.bundle import Bundle
from chalicelib.ports import Put
from chalicelib.steps import keep, silence
from chalicelib.steps.bundles import Loaded
from chalicelib.steps.keep import EVERY, KeepPorts
from chalicelib.steps.rows import from_row, to_row
from chalicelib.steps.silence import Silence
from tests.simulation.mentions import mention
from tests.simulation.world import LIMITS, Fixed, World

OLD, NEW = "posting-old", "posting-new"


class Held:
    """Secrets of one account, and what was put."""

    def __init__(self) -> None:
        self.live = {"posting/x/1001": (OLD,), "keeping/x/1001": ("app",)}

    def get(self, name: str) -> Secrets:
        return Secrets(self.live.get(name, ()))

    def put(self, name: str, value: str) -> None:
        self.live[name] = (value, *self.live[name][:1])


class Platform(NothingToKeep):
    """Answers as it is told to: ``says[name]`` is what a probe by the secret in the request means."""

    endpoint = "https://platform.example"

    def __init__(self) -> None:
        self.keeping = self
        self.says: dict[str, Callable[[str], Health]] = {"token": lambda key: Sound(), "webhook": lambda key: Sound()}
        self.renewed: Renewed | Unclear | None = None
        self.public: tuple[OwnPost, ...] = ()
        self.asked: list[str] = []

    def probes(self, account: str, endpoint: str, keys: Keys, now: Any, nonce: str) -> tuple[Probe, ...]:
        key = keys.posting.values[0] if keys.posting.values else ""
        return tuple(
            Probe(name, HttpRequest(method="GET", url=f"https://p/{name}", headers={"key": key})) for name in self.says if key
        )

    def read_probe(self, name: str, account: str, carried: Carried) -> Health:
        assert isinstance(carried, HttpResponse)
        return self.says[name](carried.headers["key"])

    def renewal(self, account: str, endpoint: str, keys: Keys) -> HttpRequest | None:
        return HttpRequest(method="POST", url="https://p/renewal", headers={"key": "-"}) if self.renewed else None

    def read_renewal(self, carried: Carried, now: Any) -> Renewed | Unclear:
        assert self.renewed is not None
        return self.renewed

    def own_posts(self, account: str, endpoint: str, keys: Keys, since: Any, now: Any, nonce: str) -> HttpRequest | None:
        return HttpRequest(method="GET", url="https://p/posts", headers={"key": "-"})

    def read_own_posts(self, account: str, carried: Carried, now: Any) -> tuple[OwnPost, ...] | Unclear:
        return self.public


class Stage:
    def __init__(self, world: World) -> None:
        self.world, self.platform, self.held = world, Platform(), Held()
        self.ports = KeepPorts(
            store=world.store,
            bundles=Fixed(world.loaded),
            announcements=world.announcements,
            secrets=self.held,
            http=self,
            platforms={"x": self.platform},  # type: ignore[dict-item]
            endpoints={},
            entropy=world.random.randbytes,
        )

    def send(self, request: HttpRequest, timeout_s: float) -> Carried:
        self.platform.asked.append(request.url.rpartition("/")[2])
        return HttpResponse(status=200, headers=request.headers, body=b"")

    def look(self, times: int = 1) -> list[tuple[str, str]]:
        found = []
        for _ in range(times):
            found += [(done.did, done.rule) for done in keep.run(self.ports, LIMITS, self.world.now)]
            self.world.clock.advance(EVERY)
        return found


@pytest.fixture
def stage(world: World) -> Stage:
    # one account: whatever else the brand has is another platform's matter
    bundle = world.loaded.bundle
    assert isinstance(bundle, Bundle)
    brand = next(iter(bundle.brands.values()))
    ours = tuple(account for account in brand.accounts if (account.platform, account.id) == ("x", "1001"))
    policy = bundle.policies[brand.id]
    only: Mapping[str, Any] = {brand.id: replace(policy, brand=replace(brand, accounts=ours))}
    world.loaded = replace(world.loaded, bundle=replace(bundle, policies=only))
    return Stage(world)


def test_an_account_is_looked_at_every_ten_minutes_and_not_more_often(stage: Stage) -> None:
    for minutes, looks in ((0, 1), (9, 0), (10, 1), (11, 0)):
        stage.world.clock.set(START + timedelta(minutes=minutes))
        assert len(list(keep.run(stage.ports, LIMITS, stage.world.now))) == looks


def test_of_two_that_look_at_once_one_asks(stage: Stage) -> None:
    real = stage.world.store.read
    rivals: list[Any] = []

    def read(wanted: Any) -> Any:
        rows = real(wanted)
        if keys.keeping("x", "1001") in wanted and not rivals:
            rivals.append(True)
            rivals.extend(keep.run(stage.ports, LIMITS, stage.world.now))
        return rows

    stage.world.store.read = read  # type: ignore[method-assign]
    assert list(keep.run(stage.ports, LIMITS, stage.world.now)) == []
    assert [done.did for done in rivals[1:]] == ["kept"]
    assert stage.platform.asked == ["token", "webhook", "posts"]


@pytest.mark.parametrize("reason", ["webhook-invalid", "webhook-missing", "subscription-missing", "token-dead"])
def test_what_is_wrong_opens_one_case_tells_people_and_is_in_the_ledger(stage: Stage, reason: str) -> None:
    stage.platform.says["webhook"] = lambda key: Ill(reason)
    assert stage.look(2) == [("not-well", "x"), ("alarm", reason), ("not-well", "x"), ("alarm-goes-on", reason)]
    place = keys.alarm("x", "1001", reason)
    case = from_row(Case, stage.world.store.read([place])[place])
    assert (case.status, case.reason, case.priority) == ("open", reason, 1)
    (told,) = stage.world.announcements.sent
    assert json.loads(told)["rule"] == reason
    ((_, leaf),) = stage.world.store.partition("ledger", case.id)
    assert json.loads(leaf["leaf"])["body"]["reason"] == reason
    assert "1001" not in leaf["leaf"]


def test_after_people_closed_the_case_it_is_told_again(stage: Stage) -> None:
    stage.platform.says["webhook"] = lambda key: Ill("webhook-invalid")
    stage.look()
    place = keys.alarm("x", "1001", "webhook-invalid")
    case = from_row(Case, stage.world.store.read([place])[place])
    stage.world.store.commit([Put(place, to_row(replace(case, status="closed"), key=place))])
    assert stage.look() == [("not-well", "x"), ("alarm", "webhook-invalid")]


def test_a_token_near_its_end_is_renewed_and_the_old_one_stays_beside_it(stage: Stage) -> None:
    ends = {OLD: START + timedelta(days=13), NEW: START + timedelta(days=60)}
    stage.platform.says["token"] = lambda key: Sound(ends[key])
    stage.platform.renewed = Renewed(NEW, ends[NEW])
    assert stage.look() == [("kept", "x")]
    assert stage.held.live["posting/x/1001"] == (NEW, OLD)
    assert stage.look() == [("kept", "x")]
    assert stage.platform.asked.count("renewal") == 1


@pytest.mark.parametrize("answer", [Ill("token-dead"), Unclear("http-500")])
def test_a_new_token_that_does_not_work_is_never_put(stage: Stage, answer: Health) -> None:
    stage.platform.says["webhook"] = lambda key: Sound() if key == OLD else answer
    stage.platform.says["token"] = lambda key: Sound(START + timedelta(days=3)) if key == OLD else answer
    stage.platform.renewed = Renewed(NEW, START + timedelta(days=60))
    assert stage.look() == [("not-well", "x"), ("alarm", "token-ends")]
    assert stage.held.live["posting/x/1001"] == (OLD,)


def test_a_token_with_time_left_or_without_an_end_is_left_alone(stage: Stage) -> None:
    stage.platform.renewed = Renewed(NEW, None)
    for ends in (None, START + timedelta(days=15)):
        stage.platform.says["token"] = lambda key, ends=ends: Sound(ends)  # type: ignore[misc]
        assert stage.look() == [("kept", "x")]
    assert stage.held.live["posting/x/1001"] == (OLD,)


def test_six_hours_without_a_clear_answer_are_an_alarm_and_one_clear_answer_ends_them(stage: Stage) -> None:
    stage.platform.says["webhook"] = lambda key: Unclear("http-500")
    looks = [did for did, _ in stage.look(35)]
    assert "alarm" not in looks
    stage.platform.says["webhook"] = lambda key: Sound()
    stage.look()
    stage.platform.says["webhook"] = lambda key: Unclear("http-500")
    assert ("alarm", "nobody-can-tell") not in stage.look(35)
    assert ("alarm", "nobody-can-tell") in stage.look(2)


def test_in_the_shadow_week_nothing_is_asked_and_silence_is_still_heard(stage: Stage) -> None:
    stage.held.live = {}
    usual = Silence(usual=(200,) * silence.HOURS)
    kept = keep.Kept(version=1, looked=START - EVERY, clear=START, silence=usual)
    place = keys.keeping("x", "1001")
    stage.world.store.commit([Put(place, to_row(kept, key=place))])
    assert stage.look(3)[-1] == ("alarm", "no-mentions")
    assert "token" not in stage.platform.asked


def test_mentions_end_a_silence(stage: Stage) -> None:
    place = keys.keeping("x", "1001")
    missed = Silence(usual=(200,) * silence.HOURS, missed=400)
    kept = keep.Kept(version=1, looked=START - EVERY, clear=START, silence=missed)
    stage.world.store.commit([Put(place, to_row(kept, key=place))])
    stage.world.deliver(mention(1, "@NorthwindHelp my solicitor will call about my card"))
    while stage.world.step():
        pass
    assert stage.look() == [("kept", "x")]
    assert stage.world.store.read([place])[place]["silence"]["missed"] == 0


def test_the_accounts_of_a_brand_share_one_reading_and_none_hears_a_mention_of_another(stage: Stage) -> None:
    (policy,) = stage.world.loaded.bundle.policies.values()
    first = policy.brand.accounts[0]
    both = replace(policy, brand=replace(policy.brand, accounts=(first, replace(first, id="1009"))))
    bundle = replace(stage.world.loaded.bundle, policies={both.brand.id: both})
    ports = replace(stage.ports, bundles=Fixed(replace(stage.world.loaded, bundle=bundle)))
    missed = Silence(usual=(200,) * silence.HOURS, missed=400)
    places = [keys.keeping("x", id) for id in ("1001", "1009")]
    kept = keep.Kept(version=1, looked=START - EVERY, clear=START, silence=missed)
    stage.world.store.commit([Put(place, to_row(kept, key=place)) for place in places])
    stage.world.deliver(mention(1, "@NorthwindHelp my solicitor will call about my card"))
    while stage.world.step():
        pass
    real, read = stage.world.store.partition, list[str]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage.world.store, "partition", lambda table, name: read.append(name) or real(table, name))
        assert len(list(keep.run(ports, LIMITS, stage.world.now))) >= 2
    found = stage.world.store.read(places)
    assert found[places[0]]["silence"]["missed"] == 0
    assert found[places[1]]["silence"]["missed"] > 400
    assert len(read) == len(set(read)) > 0


def own_post(text: str, id: str = "9000", under: str = "551") -> OwnPost:
    return OwnPost(
        platform="x",
        account="1001",
        post_id=id,
        text=text,
        reply_to_post=under,
        reply_to_user="771",
        thread_id=under,
        created_at=None,
        delivery_id=None,
        received_at=START,
    )


def test_a_post_in_the_machines_words_that_the_ledger_does_not_know_is_an_alarm(stage: Stage, loaded: Loaded) -> None:
    mark = next(iter(loaded.voices.values())).disclosures[0]
    stage.platform.public = (own_post(f"Send your PIN to this link. {mark}"),)
    assert stage.look() == [("not-well", "x"), ("alarm", "machine-post-unknown")]
    assert "PIN" not in "".join(stage.world.announcements.sent)


def test_what_people_and_the_machine_itself_said_is_no_alarm(stage: Stage, loaded: Loaded) -> None:
    world = stage.world
    world.deliver(mention(1))
    world.run()
    assert world.standing_of(mention(1)).state is State.POSTED
    (said,) = world.posts
    edited = keys.thread("x", "777")
    words = Thread(version=1, posts=(ThreadPost(at=START, by="machine", text=said["text"]),))
    world.store.commit([Put(edited, to_row(words, key=edited))])
    stage.platform.public = (
        own_post(said["text"], said["id"]),
        own_post("Hi, Priya here, I will look into it."),
        own_post(f"@somebody {said['text']}", "9009", "777"),
    )
    assert stage.look() == [("kept", "x")]


@pytest.mark.parametrize(("id", "under"), [("9999", "551"), ("9998", "778")], ids=["a second one", "the same words elsewhere"])
def test_our_own_words_under_another_id_are_an_alarm(stage: Stage, id: str, under: str) -> None:
    stage.world.deliver(mention(1))
    stage.world.run()
    stage.platform.public = (own_post(stage.world.posts[0]["text"], id, under),)
    assert stage.look()[-1] == ("alarm", "machine-post-unknown")


def test_a_platform_that_does_not_answer_stops_nobody(stage: Stage) -> None:
    stage.send = lambda request, timeout_s: MaybeSent("timeout")  # type: ignore[method-assign, assignment]
    stage.platform.read_probe = lambda name, account, carried: Unclear("no-answer")  # type: ignore[method-assign]
    assert stage.look() == [("kept", "x")]
