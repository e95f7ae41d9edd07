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

TAKEN = {"banking77": 900, "clinc150": 800, "hatecheck": 500, "isarcasmeval_en": 900}
"""How many lines of each licensed set: more of them drowns the style in which people write to brands."""

WEIGHT = {"own": 1.0, "ibm": 2.0, "banking77": 0.4, "clinc150": 0.4, "hatecheck": 0.4, "isarcasmeval_en": 0.4}

FOR_PEOPLE = frozenset(
    {"lost_or_stolen_card", "lost_or_stolen_phone", "compromised_card", "cash_withdrawal_not_recognised"}
    | {"card_payment_not_recognised", "direct_debit_payment_not_recognised", "report_lost_card", "report_fraud", "freeze_account"}
    | {"thank_you", "goodbye", "greeting", "no", "yes", "maybe", "tell_joke", "fun_fact", "are_you_a_bot", "what_is_your_name"}
    | {"who_made_you", "how_old_are_you", "what_are_your_hobbies", "do_you_have_pets", "meaning_of_life", "where_are_you_from"}
    | {"who_do_you_work_for", "flip_coin", "roll_dice", "oos"}
)
"""Intents that a careful reader sends to a person: money or an identity in danger, small talk, and what is no request at all."""

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
    """One text, whether an acknowledgement is fine under it, how much it counts, and the set it comes from."""

    text: str
    ok: bool
    weight: float
    source: str


def lessons() -> list[Lesson]:
    """Everything to learn from, each text once, in an order that depends on nothing but the texts."""
    found = {lesson.text: lesson for lesson in (*_licensed(), *_ibm(), *_own())}
    return sorted(found.values(), key=lambda lesson: _digest(lesson.text))


def _own() -> Iterator[Lesson]:
    for file in sorted(OWN.glob("*.jsonl")):
        if ".es" not in file.name:
            for row in _rows(file):
                yield Lesson(row["text"], row["ok"], WEIGHT["own"], "own")


def _ibm() -> Iterator[Lesson]:
    rows = list(_rows(SHARED / "labelled" / "more.jsonl"))
    closed = set([place for place, row in enumerate(rows) if row["stratum"] == "random"][-CLOSED:])
    for place, row in enumerate(rows):
        if place not in closed and row["source"].startswith("IBM/"):
            yield Lesson(row["text"], not row["must_human"], WEIGHT["ibm"], "ibm")


def _licensed() -> Iterator[Lesson]:
    for name, count in TAKEN.items():
        rows = [row for row in _rows(SHARED / "other" / f"{name}.jsonl") if row.get("text")]
        labelled = [(row["text"], _fine(name, row)) for row in rows]
        chosen = sorted((pair for pair in labelled if pair[1] is not None), key=lambda pair: _digest(pair[0]))
        for text, fine in chosen[:count]:
            yield Lesson(text, bool(fine), WEIGHT[name], name)


def _fine(name: str, row: dict[str, Any]) -> bool | None:
    """Whether an acknowledgement is fine (hate, sarcasm and small talk: never); None where the line teaches nothing."""
    if name in ("hatecheck", "isarcasmeval_en"):
        return False
    if row["label"] in FOR_PEOPLE:
        return False
    return True if name == "banking77" or row["label"] in ORDINARY else None


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
