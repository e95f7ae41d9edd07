"""What no policy can change: when nothing is said at all (ignore), and when a person answers whatever the rules say (law)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.account import NEEDS_ATTESTATION
from chalicelib.domain.fact import Fact, Known, NotOffered, value_of
from chalicelib.domain.facts import Case, Control, Person, Rota, Seal, Thread
from chalicelib.domain.limits import Limits
from chalicelib.domain.notice import Form
from chalicelib.policy.deciding.bundle import Bundle
from chalicelib.policy.rules import findings
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import FALSE, Finding, Truth

LawCheck = Callable[[Scene, Bundle, Limits], Finding]

_FUTURE = timedelta(minutes=5)
_WIDE_SCOPES = frozenset({"all", "brand", "account"})


@dataclass(frozen=True, slots=True)
class Law:
    """One built-in rule. A law fires when its finding is not false; ``ignore`` only when it is true."""

    id: str
    why: str
    priority: int
    check: LawCheck


def _say(truth: bool, fact: str, says: str) -> Finding:
    return findings.when(truth, "law", fact, says)


def _of(fact: Fact[findings.T], name: str, ask: Callable[[findings.T], Finding]) -> Finding:
    return findings.known(fact, "law", name, ask)


# Ignore: only what is known for certain.


def _own_account(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    mention = scene.facts.mention
    return _of(
        mention.author.id,
        "author.id",
        lambda id: _say((mention.platform, id) in bundle.accounts, "author.id", "one of our accounts"),
    )


def _automated_author(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    return _of(scene.facts.mention.author.bot, "author.bot", lambda bot: _say(bot, "author.bot", "marked as automated"))


def _no_words(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    form = scene.facts.mention.form
    return _say(form in (Form.REPOST, Form.REACTION), "form", f"a {form.value}")


def _sister_answers(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    account = scene.facts.mention.account
    return _of(scene.facts.holder, "holder", lambda holder: _say(holder not in (None, account), "holder", f"account {holder}"))


# Law: anything that is not known for certain counts against a reply.


def _lock_unknown(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    return _of(scene.facts.holder, "holder", lambda _: FALSE)


def _bot_unknown(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    bot = scene.facts.mention.author.bot
    return FALSE if isinstance(bot, NotOffered) else _of(bot, "author.bot", lambda _: FALSE)


def _not_summoned(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    return _of(scene.facts.mention.summoned, "summoned", lambda summoned: _say(not summoned, "summoned", "nobody asked for us"))


def _text_missing(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    return _of(scene.facts.mention.text, "text", lambda text: _say(not text.strip(), "text", "no text"))


def _author_missing(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    author = scene.facts.mention.author
    missing = _of(author.id, "author.id", lambda id: _say(not id, "author.id", "no author id"))
    return missing if missing.truth is not Truth.FALSE else _of(author.handle, "author.handle", lambda _: FALSE)


def _stale(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    def ask(created: datetime) -> Finding:
        if created > scene.facts.mention.received_at + _FUTURE:
            return _say(True, "created_at", "written in the future")
        age = scene.facts.posting_at - created
        return _say(age > limits.freshness, "created_at", f"{age // timedelta(minutes=1)} minutes old when a reply would go out")

    return _of(scene.facts.mention.created_at, "created_at", ask)


def _acknowledged_thread(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    def ask(person: Person) -> Finding:
        thread = scene.facts.mention.thread_id
        if not isinstance(thread, Known) and person.acknowledged:
            return findings.unknown("law", "thread_id", "missing")
        had = any(earlier.thread == value_of(thread, "") for earlier in person.acknowledged)
        return _say(had, "person", "acknowledged in this thread before")

    return _of(scene.facts.person, "person", ask)


def _acknowledged_author(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    def ask(person: Person) -> Finding:
        since = scene.facts.posting_at - limits.per_author
        return _say(any(earlier.at > since for earlier in person.acknowledged), "person", "acknowledged lately")

    return _of(scene.facts.person, "person", ask)


def _opted_out(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    return _of(scene.facts.person, "person", lambda person: _say(person.opted_out, "person", "asked to be left alone"))


def _thread_full(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    def ask(thread: Thread) -> Finding:
        return _say(thread.acknowledgements >= limits.per_thread, "thread", f"{thread.acknowledgements} in this thread")

    return _of(scene.facts.thread, "thread", ask)


def _not_attested(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    platform, account = scene.facts.mention.platform, scene.facts.mention.account
    attested = any((one.platform, one.id) == (platform, account) and one.attested for one in scene.policy.brand.accounts)
    return _say(platform in NEEDS_ATTESTATION and not attested, "account", "no permission for automated replies is attested")


def _paused(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    def ask(control: Control) -> Finding:
        recognised = {f"topic:{topic.id}" for topic, _ in scene.topics}
        held = [
            scope
            for scope in control.paused
            if scope in _WIDE_SCOPES or scope in recognised or not scope.startswith("topic:")  # an unknown scope stops all
        ]
        return _say(bool(held), "control", "paused: " + ", ".join(held))

    return _of(scene.facts.control, "control", ask)


def _mode(mode: str) -> LawCheck:
    def check(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
        control = scene.facts.control
        return _say(isinstance(control, Known) and control.value.mode == mode, "control", mode)

    return check


def _mode_unknown(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    known = ("live", "shadow", "halted")
    return _of(scene.facts.control, "control", lambda control: _say(control.mode not in known, "control", "no such mode"))


def _open_conversation(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    def ask(case: Case | None) -> Finding:
        return _say(case is not None and case.status != "closed", "case", f"a case is {case.status if case else ''}")

    return _of(scene.facts.case, "case", ask)


def _review(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    return _say(scene.facts.mention.form is Form.REVIEW, "form", "a review")


def _reply_to_us(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    mention = scene.facts.mention
    return _say((mention.platform, mention.reply_to_user) in bundle.accounts, "reply_to_user", "an answer to our own post")


def _unsealed(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    def ask(seal: Seal) -> Finding:
        oldest = scene.facts.now - limits.unsealed
        if seal.newest is None or seal.newest < oldest:
            return _say(True, "seal", "the ledger's stream stands still")
        late = seal.checked < oldest or (seal.pending_since is not None and seal.pending_since < oldest)
        return _say(late, "seal", "the ledger is not sealed")

    return _of(scene.facts.seal, "seal", ask)


def _silent_thread(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    return _of(scene.facts.thread, "thread", lambda thread: _say(thread.silent, "thread", "people decide what is said here"))


def _promise_broken(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    """Nobody has come, and the time that we named is over; a person or case that is unknown is another law's matter."""
    person, case, now = scene.facts.person, scene.facts.case, scene.facts.now
    waiting = isinstance(case, Known) and case.value is not None and case.value.status == "open"
    late = isinstance(person, Known) and any(had.due is not None and had.due < now for had in person.value.acknowledged)
    return _say(waiting and late, "person", "the time that we named is over")


def _signal_missing(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    return _of(scene.facts.signals, "signals", lambda _: FALSE)


def _nobody_on_shift(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    def ask(rota: Rota) -> Finding:
        staffed = rota.on_shift > 0 and rota.until > scene.facts.posting_at
        return _say(not staffed and rota.next_shift is None, "rota", "nobody on shift, and no next shift known")

    return _of(scene.facts.rota, "rota", ask)


def _surge(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    return _of(scene.facts.surge, "surge", lambda surge: _say(surge, "surge", "far more mentions than usual"))


def _incident(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    return _of(scene.facts.incident, "incident", lambda incident: _say(incident is not None, "incident", f"incident: {incident}"))


def _muted_date(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    return _say(scene.today in scene.policy.brand.muted, "posting_at", f"{scene.today} is muted")


def _media(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    return _of(scene.facts.mention.media, "media", lambda media: _say(bool(media), "media", ", ".join(media)))


def _too_long(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    return _say(scene.reading is not None and not scene.reading.complete, "text", "over 4,000 characters")


def _engine_not_approved(scene: Scene, bundle: Bundle, limits: Limits) -> Finding:
    return _say(not bundle.engine_approved, "engine", "not among the engines of this policy")


IGNORE = (
    Law("own-account", "Our own accounts are not answered.", 4, _own_account),
    Law("automated-author", "The platform marks the author as automated.", 4, _automated_author),
    Law("no-words", "A repost or reaction has no words of its own.", 4, _no_words),
    Law("sister-answers", "Another account of ours answers this post.", 4, _sister_answers),
)

LAWS = (
    Law("engine-not-approved", "The running code is not approved for this policy.", 2, _engine_not_approved),
    Law("mode-unknown", "Nobody can tell whether acknowledging is switched on.", 2, _mode_unknown),
    Law("halted", "Acknowledging is switched off for this account.", 3, _mode("halted")),
    Law("paused", "Acknowledging is paused.", 2, _paused),
    Law("promise-broken", "We named a time, it is over, and nobody has come.", 0, _promise_broken),
    Law("incident", "An incident is declared: people speak, not machines.", 1, _incident),
    Law("surge", "Far more mentions than usual: one person decides what is said.", 2, _surge),
    Law("muted-date", "Nothing is acknowledged on this date.", 2, _muted_date),
    Law("unsealed", "The ledger is not sealed in time, so nothing new is said.", 2, _unsealed),
    Law("nobody-on-shift", "Nobody can keep the promise of an answer.", 2, _nobody_on_shift),
    Law("open-conversation", "A person already has this conversation.", 2, _open_conversation),
    Law("not-attested", "The platform leaves answers to people unless a permission is attested.", 3, _not_attested),
    Law("reply-to-us", "An answer to our own post belongs to whoever wrote that post.", 2, _reply_to_us),
    Law("opted-out", "This person asked not to be answered automatically.", 3, _opted_out),
    Law("silent-thread", "Something was said in this thread after which people decide what the brand says.", 3, _silent_thread),
    Law("already-acknowledged-thread", "This person was acknowledged in this thread before.", 2, _acknowledged_thread),
    Law("already-acknowledged-author", "This person was acknowledged lately.", 2, _acknowledged_author),
    Law("thread-full", "This thread has had its acknowledgements.", 3, _thread_full),
    Law("not-summoned", "The post did not call us.", 3, _not_summoned),
    Law("signal-missing", "Something that should have been computed of this mention did not answer.", 2, _signal_missing),
    Law("lock-unknown", "Nobody can tell whether another account of ours answers.", 2, _lock_unknown),
    Law("bot-unknown", "Nobody can tell whether a machine wrote it.", 3, _bot_unknown),
    Law("author-missing", "Nobody can tell who wrote it.", 3, _author_missing),
    Law("text-missing", "There is no text to understand.", 3, _text_missing),
    Law("too-long", "The text is too long to be read by rules.", 3, _too_long),
    Law("media", "Pictures need eyes.", 4, _media),
    Law("review", "Reviews are answered by people.", 3, _review),
    Law("stale", "Too old to be answered by a machine.", 3, _stale),
    Law("shadow", "Shadow mode: decided and recorded, nothing is said.", 3, _mode("shadow")),
)

WITHOUT_POLICY = Law("policy-unavailable", "There is no valid signed policy.", 1, lambda *_: FALSE)
UNKNOWN_ACCOUNT = Law("unknown-account", "The account named belongs to no brand.", 2, lambda *_: FALSE)
UNDECIDED = Law("not-decided", "The rules could not be worked through.", 1, lambda *_: FALSE)
HOURLY_LIMIT = Law("hourly-limit", "The rule has acknowledged as often as it may this hour.", 3, lambda *_: FALSE)
DEFAULT = Law("default", "Nothing earned an acknowledgement.", 3, lambda *_: FALSE)

BUILT_IN = frozenset(law.id for law in (*IGNORE, *LAWS, WITHOUT_POLICY, UNKNOWN_ACCOUNT, UNDECIDED, HOURLY_LIMIT, DEFAULT))
"""Names that no rule of ops may have."""
