"""A small pack for the tests of the steps: one bank with a sister, and rules that nobody will tune."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from chalicelib.domain.codec import Json
from chalicelib.domain.fact import Fact, Known
from chalicelib.domain.facts import Recognised
from chalicelib.embedded.memory import memory_signer
from chalicelib.local.policies import POLICIES
from chalicelib.policy.deciding.bundle import Bundle, load, signed_content
from chalicelib.policy.files.compile import compile_bundle
from chalicelib.steps.bundles import Loaded, voices_of
from chalicelib.voice.loader import read_all

ENGINE = "sha256:" + "0" * 64
VOICE = Path(__file__).parents[1] / "voice" / "seven.en.yaml"

BASELINE = """
policy: baseline
owner: tests
human:
  legal:
    why: Lawyers are never answered by a machine.
    when: {text_has: [legal]}
    department: legal
    priority: P1
"""

POLICY = """
policy: BRAND
owner: tests
human:
  large-audience:
    why: Many people read this.
    when: {author_followers_over: 10000}
acknowledge:
  ordinary-question:
    why: A plain question about something we approved.
    when: {topic: any, asks: [requests], language_is: [en], ordinary_over: 1%}
    limit: {per_hour: 1000}
    review_by: 2027-05-01
"""

BRAND = """
id: BRAND
name: Northwind
zone: America/New_York
zone_name: Eastern
hours: 24x7
holidays: []
muted: []
languages: [en]
industries: [bank]
accounts:
  - {platform: x, id: ACCOUNT, handle: HANDLE}
  - {platform: 'relay:mastodon', id: help-ACCOUNT, handle: HANDLE}
voice: plain
own_names: [northwind]
teams: {default: care team, cards: cards team}
sla: {P0: 15, P1: 60, P2: 240, P3: 480, P4: 1440}
"""

TOPICS = """
topics:
  card:
    department: cards
    has: |
      card*
  statement:
    department: cards
    has: |
      statement*
  app:
    department: cards
    has: |
      app
"""


def files() -> dict[str, str]:
    """Path → text, as ``policies/`` has them."""
    tree = {
        "baseline/policy.yaml": BASELINE,
        "baseline/lists/legal.txt": "solicitor\n(lawyer|sue)\n",
        "baseline/lists/requests.txt": "how do i\ncan someone\nplease help\n",
        "baseline/topics/bank.yaml": TOPICS,
    }
    for brand, account, handle in (("northwind-bank", "1001", "'@NorthwindHelp'"), ("northwind-uk", "1002", "'@NorthwindUK'")):
        filled = BRAND.replace("BRAND", brand).replace("ACCOUNT", account).replace("HANDLE", handle)
        tree |= {f"{brand}/brand.yaml": filled, f"{brand}/policy.yaml": POLICY.replace("BRAND", brand)}
    return tree


def compiled_for(engine: str, tree: Mapping[str, str] | None = None) -> bytes:
    """The small pack (or another) with the voice of the tests, compiled and approved for ``engine``."""
    document = compile_bundle(tree or files(), {"plain.en": small_voice()}, [engine])
    assert isinstance(document, bytes), "\n".join(map(str, document))
    return document


def small_voice() -> Json:
    """A voice of 35 wordings that nobody will polish, under the shipped tone guide."""
    guide = (POLICIES / "voices" / "tone.en.yaml").read_text(encoding="utf-8")
    voices, problems = read_all({"tone.en.yaml": guide, "plain.en.yaml": VOICE.read_text(encoding="utf-8")})
    assert not problems, "\n".join(map(str, problems))
    return voices["plain.en"]


def small_pack(engine: str = ENGINE) -> Loaded:
    """The same, signed by a test's key."""
    return loaded_from(files(), engine)


def loaded_from(tree: Mapping[str, str], engine: str = ENGINE) -> Loaded:
    """Another pack, loaded as production loads it."""
    document = compiled_for(engine, tree)
    signer = memory_signer("publisher")
    bundle = load(document, signer.sign(signed_content(document)), (signer.public_key(),), engine)
    assert isinstance(bundle, Bundle), bundle
    return Loaded(hashlib.sha256(document).hexdigest(), bundle, voices_of(bundle))


class Sure:
    """A recogniser to whom everything is ordinary: what refuses then are the rules."""

    def recognise(self, text: str) -> Fact[Recognised]:
        """See ``ports.Recogniser``."""
        return Known(Recognised(score=1_000_000, model="sure"))
