"""An ordinary mention and ordinary facts, to be changed one by one: for the tests of a policy and for ``ackguard decide``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from chalicelib.domain.fact import Fact, Known, NotOffered, Unknown
from chalicelib.domain.facts import Acknowledged, Budget, Case, Control, Facts, Person, Recognised, Rota, Seal, Thread, Wait
from chalicelib.domain.limits import Limits
from chalicelib.domain.notice import Author, Form, Mention, Spoken

ORDINARY_NOW = datetime(2026, 11, 21, 14, 0, tzinfo=timezone.utc)
"""A Saturday afternoon in London, inside the opening hours of most brands."""

OF_MENTION = frozenset(
    {"author_id", "handle", "name", "followers", "verified", "account_age_days", "bot", "language", "summoned", "form", "edited"}
    | {"media", "tagged", "reply_to_post", "reply_to_user", "thread_id", "history", "open_ticket", "channels_tried", "text"}
    | {"created_minutes_ago"}
)
OF_FACTS = frozenset(
    {"mode", "paused", "control", "opted_out", "acknowledged_minutes_ago", "acknowledged_thread", "person", "case", "holder"}
    | {"thread_acknowledgements", "used", "budget", "on_shift", "next_shift", "rota", "wait_minutes", "seal", "surge", "incident"}
    | {"silent_thread", "thread", "signals", "ordinary"}
)


def ordinary_mention(
    id: str, text: str, /, *, now: datetime = ORDINARY_NOW, platform: str = "x", account: str = "1099", **given: Any
) -> Mention:
    """A fresh post by an ordinary person that names ``account``. ``given`` changes facts by the names in ``OF_MENTION``.

    A value may be ``"unknown"`` or ``"not offered"`` for any fact. Raises ValueError for a name or value not understood.
    """
    _only(given, OF_MENTION)
    fact = _Given(given)
    return Mention(
        platform=platform,
        account=account,
        post_id=id,
        root_id=id,
        delivery_id=None,
        received_at=now,
        created_at=fact("created_minutes_ago", 0, lambda value: now - timedelta(minutes=_number(value))),
        text=fact("text", text, str),
        author=Author(
            id=fact("author_id", "500100", str),
            handle=fact("handle", "pat_example", str),
            name=fact("name", "Pat Example", str),
            followers=fact("followers", 200, _number),
            verified=fact("verified", False, _yes),
            created_at=fact("account_age_days", 3 * 365, lambda value: now - timedelta(days=_number(value))),
            bot=fact("bot", False, _yes),
        ),
        language=fact("language", "en", str),
        summoned=fact("summoned", True, _yes),
        form=Form(given.get("form", "post")),
        edited=_yes(given.get("edited", False)),
        thread_id=fact("thread_id", id, str),
        reply_to_post=given.get("reply_to_post"),
        reply_to_user=given.get("reply_to_user"),
        media=fact("media", (), _names),
        tagged=_names(given.get("tagged", (account,))),
        history=fact("history", "not offered", _history),
        open_ticket=fact("open_ticket", "not offered", _yes),
        channels_tried=fact("channels_tried", "not offered", _names),
    )


def ordinary_facts(mention: Mention, now: datetime = ORDINARY_NOW, **given: Any) -> Facts:
    """Everything in order: live, staffed, sealed, recognised, nobody spoke before. ``given`` changes facts by ``OF_FACTS``.

    ``ordinary`` is the recogniser's score in per cent.
    """
    _only(given, OF_FACTS)
    fact = _Given(given)
    return Facts(
        mention=mention,
        now=now,
        posting_at=now + Limits().hold,
        control=fact("control", Control(version=1, mode=str(given.get("mode", "live")), paused=_names(given.get("paused", ())))),
        person=fact("person", _person(mention, now, given)),
        thread=fact(
            "thread",
            Thread(
                acknowledgements=_number(given.get("thread_acknowledgements", 0)), silent=_yes(given.get("silent_thread", False))
            ),
        ),
        case=fact("case", None, lambda status: _case(status, now)),
        holder=fact("holder", None, lambda holder: None if holder in (None, "none") else str(holder)),
        budget=fact("budget", Budget(used={rule: _number(count) for rule, count in dict(given.get("used", {})).items()})),
        rota=fact("rota", _rota(now, given)),
        wait=fact("wait_minutes", 35, lambda value: Wait(p80_minutes=_number(value))),
        seal=fact("seal", Seal(checked=now, pending_since=None, newest=now)),
        surge=fact("surge", False, _yes),
        incident=fact("incident", None, lambda incident: None if incident in (None, "none") else str(incident)),
        signals=fact("signals", {}, dict),
        ordinary=fact("ordinary", 100, lambda value: Recognised(score=_number(str(value).rstrip("% ")) * 10_000, model="given")),
    )


class _Given:
    """Facts as given, else as usual."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given

    def __call__(self, name: str, usual: Any, read: Callable[[Any], Any] = lambda value: value) -> Fact[Any]:
        value = self.given.get(name, usual)
        if isinstance(value, str) and value == "unknown":
            return Unknown("missing")
        if isinstance(value, str) and value == "not offered":
            return NotOffered()
        try:
            return Known(read(value))
        except (TypeError, ValueError, KeyError, AttributeError):
            raise ValueError(f"{name}: {value!r} is not understood") from None


def _only(given: Mapping[str, Any], names: frozenset[str]) -> None:
    if unknown := sorted(set(given) - names):
        raise ValueError(f"no fact {', '.join(unknown)}; there are {', '.join(sorted(names))}")


def _number(value: Any) -> int:
    return int(str(value).replace(",", ""))


def _yes(value: Any) -> bool:
    if value in (True, "yes", "true"):
        return True
    if value in (False, "no", "false"):
        return False
    raise ValueError(value)


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return () if value in ("", "none") else (value,)
    return tuple(str(part) for part in value)


def _history(value: Any) -> tuple[Spoken, ...]:
    return tuple(part if isinstance(part, Spoken) else Spoken(at=None, by=str(part), text="") for part in _sequence(value))


def _sequence(value: Any) -> Sequence[Any]:
    return () if value == "none" else (value,) if isinstance(value, str) else tuple(value)


def _person(mention: Mention, now: datetime, given: Mapping[str, Any]) -> Person:
    had = given.get("acknowledged_minutes_ago")
    usual = mention.thread_id.value if isinstance(mention.thread_id, Known) else ""
    thread = str(given.get("acknowledged_thread", usual))
    earlier = () if had is None else (Acknowledged(at=now - timedelta(minutes=_number(had)), thread=thread, opening="seen:1"),)
    return Person(version=1 if earlier else 0, acknowledged=earlier, opted_out=_yes(given.get("opted_out", False)))


def _case(status: Any, now: datetime) -> Case | None:
    if status in (None, "none"):
        return None
    if isinstance(status, Case):
        return status
    if status not in ("open", "taken", "closed"):
        raise ValueError(status)
    return Case(
        version=1,
        id="case-1",
        brand="",
        conversation="",
        status=str(status),
        owner="person:sam" if status == "taken" else None,
        reason="default",
        department="care",
        priority=3,
        opened=now - timedelta(hours=1),
        due=now + timedelta(hours=1),
        mentions=(),
    )


def _rota(now: datetime, given: Mapping[str, Any]) -> Rota:
    following = given.get("next_shift", "known")
    shift = now + timedelta(hours=12) if following == "known" else None if following == "none" else following
    return Rota(on_shift=_number(given.get("on_shift", 4)), until=now + timedelta(hours=8), next_shift=shift)
