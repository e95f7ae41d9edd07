"""What the recogniser may learn from: our own words, and the data sets whose licence allows it. Nothing else is read here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
OWN = Path(__file__).with_name("corpus")
CLOSED = 400
"""The last lines of the stratum ``random`` in ``more.jsonl``: they are never learnt from and never looked at."""

TAKEN = {"banking77": 500, "clinc150": 500, "hatecheck": 400, "isarcasmeval_en": 700}
"""How many lines of each licensed set: more of them drowns the style in which people write to brands."""

WEIGHT = {"own": 1.0, "ibm": 2.0, "banking77": 0.3, "clinc150": 0.3, "hatecheck": 0.3, "isarcasmeval_en": 0.3}

CRITICAL_WEIGHT = 2.0
"""How much more a critical mention counts among our own and those of IBM: to take one for fine is the dearest mistake."""

CRITICAL = (
    *("self_harm", "threat_hate", "safety", "vulnerable", "fraud_security", "pii", "legal_regulatory"),
    *("discrimination", "accusation", "protest_activism", "press_influencer", "crisis_incident"),
)
SERIOUS = ("anger", "sarcasm", "repeat_contact")
SOFT = ("no_ack_needed", "unclear")
REASONS = (*CRITICAL, *SERIOUS, *SOFT)
"""The reasons for a person of the labelling guide, by class (docs/judgement.md)."""

FOR_PEOPLE = frozenset(
    {"lost_or_stolen_card", "lost_or_stolen_phone", "compromised_card", "cash_withdrawal_not_recognised"}
    | {"card_payment_not_recognised", "direct_debit_payment_not_recognised", "report_lost_card", "report_fraud", "freeze_account"}
    | {"thank_you", "goodbye", "greeting", "no", "yes", "maybe", "tell_joke", "fun_fact", "are_you_a_bot", "what_is_your_name"}
    | {"who_made_you", "how_old_are_you", "what_are_your_hobbies", "do_you_have_pets", "meaning_of_life", "where_are_you_from"}
    | {"who_do_you_work_for", "flip_coin", "roll_dice", "oos"}
)
"""Intents that a careful reader sends to a person: money or an identity in danger, small talk, and what is no request at all."""

IN_DANGER = frozenset({"report_lost_card", "report_fraud", "freeze_account"})
"""Those of CLINC150 that are about money in danger."""

ORDINARY = frozenset(
    {"order_status", "rewards_balance", "replacement_card_duration", "travel_alert", "insurance", "card_declined", "apr"}
    | {"account_blocked", "bill_balance", "pay_bill", "credit_limit_change", "rollover_401k", "lost_luggage", "pin_change"}
    | {"travel_notification", "reset_settings", "w2", "transfer", "exchange_rate", "restaurant_reservation", "interest_rate"}
    | {"cancel_reservation", "accept_reservations", "damaged_card", "sync_device", "balance", "application_status"}
    | {"improve_credit_score", "international_visa", "min_payment", "carry_on", "direct_deposit", "order_checks", "bill_due"}
    | {"confirm_reservation", "expiration_date", "book_flight", "schedule_maintenance", "credit_score", "routing", "taxes"}
    | {"insurance_change", "order", "redeem_rewards", "international_fees", "credit_limit", "flight_status", "car_rental"}
    | {"new_card", "book_hotel", "restaurant_reviews"}
)
"""Intents of CLINC150 that people bring to a brand; the rest of that set speaks to an assistant at home and is left out."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One text, the reasons for a person (none: an acknowledgement is fine), how much it counts, its set and its author."""

    text: str
    reasons: tuple[str, ...]
    source: str
    author: str | None = None

    @property
    def severity(self) -> int:
        """0 fine, 1 soft, 2 serious, 3 critical."""
        return max((3 if reason in CRITICAL else 2 if reason in SERIOUS else 1 for reason in self.reasons), default=0)

    @property
    def weight(self) -> float:
        """How much the lesson counts."""
        near = self.source in ("own", "ibm")
        return WEIGHT[self.source] * (CRITICAL_WEIGHT if near and self.severity == 3 else 1.0)


def lessons() -> list[Lesson]:
    """Everything to learn from, each text once, in an order that depends on nothing but the texts."""
    found = {lesson.text: lesson for lesson in (*_licensed(), *_ibm(), *_own())}
    return sorted(found.values(), key=lambda lesson: _digest(lesson.text))


def left_over() -> dict[str, list[Lesson]]:
    """The lines of each licensed set that nothing is learnt from."""
    return {name: _labelled(name)[count:] for name, count in TAKEN.items()}


def _own() -> Iterator[Lesson]:
    for file in sorted(OWN.glob("*.jsonl")):
        if ".es" not in file.name:
            for row in _rows(file):
                yield Lesson(row["text"], tuple(row["reasons"]), "own")


def _ibm() -> Iterator[Lesson]:
    yield from (line for line in _more() if line.source == "ibm")


def open_lines() -> list[Lesson]:
    """The labelled lines that nothing may be learnt from and that are not closed: for reading, tuning by hand and measuring."""
    rows = [row for name in ("dev", "extra") for row in _rows(SHARED / "labelled" / f"{name}.jsonl")]
    found = [Lesson(row["text"], tuple(row["reasons"]), "open", row.get("author")) for row in rows]
    return found + [line for line in _more() if line.source != "ibm"]


def _more() -> Iterator[Lesson]:
    """The lines of ``more.jsonl`` that are not closed."""
    rows = list(_rows(SHARED / "labelled" / "more.jsonl"))
    closed = set([place for place, row in enumerate(rows) if row["stratum"] == "random"][-CLOSED:])
    for place, row in enumerate(rows):
        if place not in closed:
            source = "ibm" if row["source"].startswith("IBM/") else "open"
            yield Lesson(row["text"], tuple(row["reasons"]), source, row.get("author"))


def _licensed() -> Iterator[Lesson]:
    for name, count in TAKEN.items():
        yield from _labelled(name)[:count]


def _labelled(name: str) -> list[Lesson]:
    """All lines of a licensed set that teach something, in an order that depends on nothing but the texts."""
    rows = [row for row in _rows(SHARED / "other" / f"{name}.jsonl") if row.get("text")]
    read = ((row["text"], _reasons(name, row)) for row in rows)
    found = [Lesson(text, reasons, name) for text, reasons in read if reasons is not None]
    return sorted(found, key=lambda lesson: _digest(lesson.text))


def _reasons(name: str, row: dict[str, Any]) -> tuple[str, ...] | None:
    """Why a person (hate, sarcasm and small talk: always); empty where nothing speaks against; None where nothing is taught."""
    if name == "hatecheck":
        return ("threat_hate",) if row["label"] == "hateful" else ("no_ack_needed",)
    if name == "isarcasmeval_en":
        return ("sarcasm",) if row["label"] == 1 else ("no_ack_needed",)
    if row["label"] in FOR_PEOPLE:
        return ("fraud_security",) if name == "banking77" or row["label"] in IN_DANGER else ("no_ack_needed",)
    return () if name == "banking77" or row["label"] in ORDINARY else None


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
