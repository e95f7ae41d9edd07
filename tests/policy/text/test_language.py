from __future__ import annotations

import json
from pathlib import Path

import pytest

from chalicelib.policy.text.language import contradicts, detect
from chalicelib.policy.text.reading import read

CORPUS = Path(__file__).resolve().parents[3] / "benchmarks/judgement"

ENGLISH = [
    "router dead, please help",
    "where is my parcel please?",
    "No signal in Hove, anyone there?",
    "card declined twice, app says fine",
    "Hi, my card was declined",
    "training pigeons, when is SE15 back?",
    "@TelLine why is my internet down again",
    "I've got two savings accounts, can I merge them?",
    "my bag is missing",
    "When do I get my PIN",
]
OTHERS = [
    "yaar net phir se down hai, kya karu",
    "mera net nahi chal raha please help",
    "bhai order kab aayega?",
    "Wo ist mein Paket? Ich warte seit drei Tagen",
    "Der Router ist tot, please help",
    "my order ist nicht da, please help",
    "Où est mon colis? J'attends depuis lundi",
    "¿Dónde está mi pedido? Llevo una semana esperando",
    "Dove è il mio pacco? Aspetto da una settimana",
    "Onde está a minha encomenda? Estou à espera",
    "Waar is mijn pakket? Ik wacht al drie dagen",
    "Kargom nerede? Bir haftadır bekliyorum",
    "Paket saya mana ya? Sudah seminggu belum sampai",
    "pls help hotspot ga jalan",
    "internet nya lemot banget min",
    "Gdzie jest moja paczka? Czekam od tygodnia",
    "Nasaan na po yung order ko? Isang linggo na",
    "Var är mitt paket? Jag har väntat i en vecka",
    "где моя посылка",
    "where is my посылка please help me",
    "私の荷物はどこですか",
    "أين طردي",
    "Missä pakettini on? Olen odottanut viikon",
]


@pytest.mark.parametrize("text", ENGLISH)
def test_short_english_requests_are_english(text: str) -> None:
    assert detect(read(text))[0] == "en"


@pytest.mark.parametrize("text", OTHERS)
def test_no_other_or_mixed_language_passes_for_english(text: str) -> None:
    assert detect(read(text))[0] != "en"


@pytest.mark.parametrize("text", ["", "ok", "Done.", "😀😀", "@TelLine", "7823", "iPhone 6s iOS 11.1.2"])
def test_too_little_text_is_in_no_language(text: str) -> None:
    assert detect(read(text))[0] is None


@pytest.mark.parametrize(("told", "expected"), [("en", False), ("en-GB", False), ("und", False), ("qme", False), ("es", True)])
def test_a_real_language_told_by_the_platform_contradicts_ours(told: str, expected: bool) -> None:
    assert contradicts(told, "en") is expected


def corpus(folder: str) -> list[dict[str, object]]:
    """The mentions in our own words in a folder beside the corpus."""
    return [json.loads(line) for path in sorted((CORPUS / folder).glob("pack*.jsonl")) for line in path.open(encoding="utf-8")]


def test_nothing_written_in_another_language_or_in_two_is_english() -> None:
    assert [line["text"] for line in corpus("languages") if detect(read(str(line["text"])))[0] == "en"] == []


def test_of_spanish_mentions_nine_in_ten_are_spanish_and_nearly_all_english_ones_english() -> None:
    spanish = [detect(read(str(line["text"])))[0] for line in corpus("languages") if line["language"] == "es"]
    english = [detect(read(str(line["text"])))[0] for line in corpus("corpus") if line["ok"]]
    assert spanish.count("es") > 0.88 * len(spanish) > 180
    assert english.count("en") > 0.98 * len(english) > 900
