"""A person's draft in a scenario: held beside what the account said, asked about, and sent all the same with one sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.steps.bundles import Loaded
from chalicelib.steps.reply import Draft, act_of, reply
from chalicelib.voice.alike import ASK, SHOWN, WARN, Near, Post, closest
from tests.acceptance.scenario import Scenario
from tests.pack import small_pack
from tests.simulation.mentions import mention
from tests.simulation.world import LIMITS, World

SPECIFIC = "Hi, Sam here. The 12 dollar fee in March came back to you this morning; April is with my colleague Jo until noon."
BECAUSE = "The author asked for exactly this link again."


def near(scenario: Scenario, text: str) -> Sequence[Near]:
    """What the writer of ``text`` is shown of the account's last posts."""
    posts = [
        Post(scenario.now - timedelta(minutes=one["minutes_ago"]), "person", one["text"])
        for one in scenario.said["brand_recent_public"]
    ]
    return closest(text, posts, (), scenario.now)


def draft_of(scenario: Scenario) -> str:
    """What the person is about to say."""
    return str(scenario.said["outbound"]["text"])


def asked_for_a_sentence(scenario: Scenario) -> bool:
    """The draft does not go out without one."""
    return near(scenario, draft_of(scenario))[0].similarity >= ASK


def whatever_differs_for_free(scenario: Scenario) -> bool:
    """Another handle, a greeted name, other initials and a number change nothing."""
    bare = re.sub(r"@\w+ |\^\w+", "", draft_of(scenario)).strip()
    same = (f"@user_other Hi Maria, {bare} ^jk", f"{bare} ^zz 12345", bare.upper())
    return all(near(scenario, text)[0].similarity >= ASK for text in same)


def shows_the_posts(scenario: Scenario) -> bool:
    """Every earlier post with its age, the newest first among equals."""
    ages = [one.age for one in near(scenario, draft_of(scenario))]
    return ages == sorted(timedelta(minutes=one["minutes_ago"]) for one in scenario.said["brand_recent_public"])[:SHOWN]


def overridden_on_the_record(scenario: Scenario) -> bool:
    """With one sentence it is posted, and the sentence stands in the private half of the record."""
    loaded: Loaded = small_pack()
    world = World(loaded, calm=True)
    world.deliver(mention(1, "@NorthwindHelp my solicitor will hear about these fees"))
    world.run()
    text = draft_of(scenario)
    world.persons.add(text)
    place = keys.case("x", "1001", "771")
    act = act_of("case", text, Actor(type="person", id="sa"), world.now)
    done = reply(place, act, Draft(text=text, closest_percent=100, because=BECAUSE), "NorthwindHelp", world.posting, LIMITS)
    assert done.case is not None
    rows = world.store.partition("private", done.case.id)
    return done.did == "posted" and any(BECAUSE in json.dumps(row["half"]) for _, row in rows)


def lets_a_specific_reply_pass(scenario: Scenario) -> bool:
    """An edited, specific reply is not even warned about."""
    return near(scenario, SPECIFIC)[0].similarity < WARN


LINES: Mapping[str, Callable[[Scenario], bool]] = {
    "compare after removing handles, names, initials, numbers": whatever_differs_for_free,
    "show the agent the 3 earlier posts": shows_the_posts,
    "override possible with a reason, logged": overridden_on_the_record,
    "block an edited, specific reply": lets_a_specific_reply_pass,
}
"""The prose lines of drafts."""
