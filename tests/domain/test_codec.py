"""What is written as JSON and read back is the same thing of the same kind."""

from __future__ import annotations

from chalicelib.domain.codec import TAG, decode, encode
from chalicelib.domain.decision import Certainty, Evidence, Match, Outcome


def test_a_named_tuple_is_written_with_its_name_and_its_fields_and_comes_back_the_same() -> None:
    evidence = Evidence("text_has", "text", "legal", 3, 9, "lawyer")
    match = Match("legal", Outcome.HUMAN, "policy", Certainty.TRUE, "Lawyers read along.", (evidence,))
    written = encode(match)
    assert isinstance(written, dict)
    assert written[TAG] == "Match"
    assert written["evidence"] == [
        {TAG: "Evidence", "check": "text_has", "fact": "text", "source": "legal", "start": 3, "end": 9, "says": "lawyer"}
    ]
    assert decode(Match, written) == match
