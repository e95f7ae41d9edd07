"""A small policy that tests change: one brand, two topics, a few rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.decision import Decision
from chalicelib.domain.limits import Limits
from chalicelib.policy.deciding.bundle import Bundle
from chalicelib.policy.deciding.decide import decide
from chalicelib.policy.files.ordinary import OF_MENTION, ORDINARY_NOW, ordinary_facts, ordinary_mention
from chalicelib.policy.proving.testing import rehearse

ASKS = "No signal in Hove, can you help please?"

BASELINE = """\
lists:
  legal: |
    my (lawyer|solicitor)
    sue ... you
human:
  legal:
    why: Lawyers are answered by people.
    when: {text_has: [legal]}
    priority: P1
    department: legal
  large-audience:
    why: Too many people read along.
    when: {author_followers_over: 10000}
    if_not_offered: skip
  young-account:
    why: New accounts are looked at.
    when: {account_age_under: 30 days}
  hateful-name:
    why: Nobody answers a slur.
    when: {handle_has: [slurs]}
    priority: P1
"""
TOPICS = """\
topics:
  signal:
    department: network
    has: |
      no signal
      signal
  billing:
    department: billing
    has: |
      bill
"""
BRAND = """\
id: telline
name: TelLine
zone: Europe/London
zone_name: UK
hours: [mon-sun 08:00-22:00]
holidays: [2026-12-25]
muted: [2026-11-11]
languages: [en]
industries: [telecom]
accounts:
  - {platform: x, id: "1003", handle: TelLine}
  - {platform: x, id: "1004", handle: TelLineIE}
voice: plain
own_names: [TelLine, Virgin]
teams: {network: network desk}
sla: {P0: 15, P1: 60, P2: 240, P3: 480, P4: 1440}
"""
POLICY = """\
policy: telline
owner: care@telline.example
lists:
  legal: |
    (bailiff|bailiffs)
acknowledge:
  ordinary:
    why: Ordinary questions about approved topics.
    when: {topic: any, asks: yes, language_is: [en], ordinary_over: 60%, text_lacks: [slurs]}
    limit: {per_hour: 30}
    review_by: 2027-03-31
"""
FILES: Mapping[str, str] = {
    "baseline/policy.yaml": BASELINE,
    "baseline/lists/requests.txt": "please help\ncan you help\n",
    "baseline/lists/slurs.txt": "zorgle*\nvirgin\n",
    "baseline/topics/telecom.yaml": TOPICS,
    "telline/brand.yaml": BRAND,
    "telline/policy.yaml": POLICY,
}


def bundle_of(files: Mapping[str, str] = FILES) -> Bundle:
    bundle = rehearse(files)
    assert isinstance(bundle, Bundle), "\n".join(map(str, bundle))
    return bundle


BUNDLE = bundle_of()


def decided(say: str = ASKS, bundle: Bundle = BUNDLE, now: Any = ORDINARY_NOW, account: str = "1003", **given: Any) -> Decision:
    """The decision about ``say`` with facts as given."""
    of_mention = {name: value for name, value in given.items() if name in OF_MENTION}
    of_facts = {name: value for name, value in given.items() if name not in OF_MENTION}
    mention = ordinary_mention("1", say, now=now, account=account, **of_mention)
    return decide(ordinary_facts(mention, now, **of_facts), bundle, Limits())
