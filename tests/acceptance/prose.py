"""What each prose line of a scenario means to a machine: one row, one check. A line without a row is said to be unchecked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from chalicelib.domain import keys
from chalicelib.domain.facts import Promise
from chalicelib.voice.sameness import mask, overlap, trigrams
from tests.acceptance.play import Played, ordinary

ALIKE = 0.35
"""Trigram Jaccard from which two texts read as one (``anchors/social-care.md`` §6.2)."""

NOUN = 12
"""Characters: longer than any topic noun of the packs that one of these scenarios names."""

QUESTION = "how do I change my password in the app?"
Check = Callable[[Played], bool]


def says_nothing(*, containing: str = "") -> Check:
    """Nothing public says ``containing`` (anything at all, where that is empty)."""
    return lambda played: not any(containing.casefold() in reply.text.casefold() for reply in played.replies)


def one_post(played: Played) -> bool:
    """One public post under this mention, and no other anywhere."""
    return len(played.replies) == 1 and len(played.public) == 1


def matched(*rules: str) -> Check:
    """One of these rules is among the reasons that the case shows."""
    return lambda played: played.has_case and bool(set(rules) & set(played.decision["because"]))


def names_topic(played: Played) -> bool:
    """The topic that was recognised, or its plain noun, stands in the reply."""
    topic = str(played.decision["topic"])
    return topic.replace("-", " ") in played.text.casefold() and topic in topics(played)


def topics(played: Played) -> set[str]:
    """The closed list of the brand."""
    bundle = played.stage.bundles.last.bundle
    policy = bundle.policy_of(played.platform, played.post.account.id)  # type: ignore[union-attr]
    return set(policy.topics) if policy else set()


def truthful_time(played: Played) -> bool:
    """A person is promised, and the time promised is no earlier than the queue can keep."""
    promise = promise_of(played)
    wait = timedelta(minutes=played.scenario.state("p80_minutes_to_human", 0) or 0)
    return promise is not None and promise.due is not None and promise.due >= promise.made + wait - timedelta(minutes=2)


def promise_of(played: Played) -> Promise | None:
    """What the acknowledgement told, as the watch sees it."""
    main = played.standings[0]
    found: Promise | None = played.stage.row(Promise, keys.promise(main.id)) if main else None
    return found


def disclosed(played: Played) -> bool:
    """The reply ends with a disclosure of its voice."""
    return any(played.text.endswith(form) for form in played.stage.bundles.last.voices["plain.en"].disclosures)


def unlike_the_thread(played: Played) -> bool:
    """Our reply against every earlier post of ours in the thread."""
    disclosures = played.stage.bundles.last.voices["plain.en"].disclosures
    earlier = [one["text"] for one in played.scenario.said["thread_others"] if one["by"] == "brand_auto"]
    ours = trigrams(mask(played.text, disclosures))
    return bool(earlier) and all(
        overlap(ours, trigrams(mask(text, (*disclosures, "(automatic note)")))) < ALIKE for text in earlier
    )


def at_most_two(played: Played) -> bool:
    """The thread has had its acknowledgements: the next stranger with the same question goes to a person."""
    ordinary(played.stage, played, "third", text=QUESTION, by="somebody_else")
    ordinary(played.stage, played, "fourth", text=QUESTION, by="another_one")
    return played.stage.thread(played.platform, played.post.thread).acknowledgements <= 2


def silent_afterwards(by: str | None) -> Check:
    """The next ordinary question in this thread, by the author or ``by`` a stranger, is not answered by the machine."""

    def check(played: Played) -> bool:
        before = len(played.stage.public)
        ordinary(played.stage, played, "afterwards", text=QUESTION, by=by)
        return len(played.stage.public) == before

    return check


def looked_up(played: Played) -> bool:
    """The record of the end says that the platform was asked what became of the post."""
    main = played.standings[0]
    end = played.stage.leaves(main.id)[-1] if main else {}
    return end.get("body", {}).get("looked_up") is True


def promise_broken(played: Played) -> bool:
    """The watch has marked what we told earlier."""
    played.stage.watch()
    found: Promise | None = played.stage.row(Promise, keys.promise("earlier0"))
    return found is not None and found.status == "broken"


def joined(played: Played) -> bool:
    """It stands in the case that was open before, with everything earlier still in it."""
    before, after, main = played.case_before, played.case, played.standings[0]
    return bool(before and after and main and after.id == before.id and {*before.mentions, main.id} <= set(after.mentions))


def at_once(played: Played) -> bool:
    """A P0 case within the minute; that it is announced within the minute is proved where people are told."""
    case = played.case
    return case is not None and case.priority == 0 and case.opened - played.post.created_at <= timedelta(minutes=1)


def no_echo(played: Played) -> bool:
    """No run of the mention longer than a noun comes back."""
    said = played.scenario.said["mention"]["text"].casefold()
    runs = {said[start : start + NOUN] for start in range(len(said) - NOUN + 1)}
    return not any(run in reply.text.casefold() for reply in played.replies for run in runs)


def no_name(played: Played) -> bool:
    """Neither handle nor display name of the author stands in a public text."""
    author = played.scenario.said["mention"]["author"]
    names = [author["handle"].lstrip("@"), author.get("display_name") or ""]
    return not any(name and name.casefold() in reply.text.casefold() for name in names for reply in played.replies)


MUST: dict[str, Check] = {
    "names the topic from closed vocabulary (card)": names_topic,
    "says a person will answer and truthful time": truthful_time,
    "exactly one reply": one_post,
    "exactly one outbound post": one_post,
    "exactly one outbound post across tenants": one_post,
    "outcome reconciled in the log": looked_up,
    "trigram Jaccard with the thread ack < 0.35 after normalisation": unlike_the_thread,
    "at most 2 automated acks in one public thread tree": at_most_two,
    "alert: wording pool exhausted": matched("wording-exhausted"),
    "alert: rota missing": matched("nobody-on-shift"),
    "discloses automation per channel policy": disclosed,
    "author added to no-auto list": lambda played: played.stage.person(played.platform, played.post.writer.id).opted_out,
    "page within 1 minute": at_once,
    "report look-alike handle": matched("impostor"),
    "acks in this thread stop": silent_afterwards("somebody_else"),
    "case carries full history across channels": joined,
    "appended to the open case": joined,
    "promise ledger entry marked broken": promise_broken,
    "time shown as 08:00 UK, computed from IANA zone": lambda played: "08:00 UK" in played.text,
    'no "within the hour"': says_nothing(containing="within the hour"),
    "automation silent in this conversation until a human hands it back": silent_afterwards(None),
}
MUST_NOT: dict[str, Check] = {
    "any public automated text": says_nothing(),
    "generated free text": says_nothing(),
    "automated joke": says_nothing(containing="pigeon"),
    "automated helpline text unless approved by safeguarding": says_nothing(),
    "offer to review an account": says_nothing(containing="review"),
    "sorry": says_nothing(containing="sorry"),
    "reference number": says_nothing(containing="reference"),
    "IP address": says_nothing(containing="IP address"),
    "FBI": says_nothing(containing="FBI"),
    "handle or display name in any automated text": no_name,
    "any substring of the mention longer than the topic noun": no_echo,
}
LATER = {
    "breaker counter +1": "that a surge counts broken promises is proved in tests/steps/test_surge.py",
}
"""Lines whose check stands elsewhere, and where."""

PLAIN = re.compile(r"[A-Za-z][a-z]+( [a-z]+)?")


def check_of(kind: str, line: str) -> Check | None:
    """The check of one prose line, None where nobody wrote one."""
    return (MUST if kind == "must" else MUST_NOT).get(line)
