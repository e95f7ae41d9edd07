"""A decision in words that somebody who leads customer care reads."""

from __future__ import annotations

from chalicelib.domain.decision import Certainty, Decision, Evidence, Match, Outcome

_DID = {
    Outcome.ACKNOWLEDGE: "Gets an acknowledgement",
    Outcome.HUMAN: "Goes to a person",
    Outcome.IGNORE: "Is left alone",
}
_WOULD = {
    Outcome.ACKNOWLEDGE: "it would get an acknowledgement",
    Outcome.HUMAN: "it would go to a person all the same",
    Outcome.IGNORE: "it would be left alone",
}
_CERTAINTY = {
    Certainty.TRUE: "",
    Certainty.UNKNOWN: " (it could not be known, and that counts)",
    Certainty.NOT_OFFERED: " (the platform never tells, and that counts)",
}


def explain(decision: Decision, text: str) -> str:
    """Several lines: the outcome and its rule, what made each rule fire, quoted from ``text``, and what would be without it."""
    fired = {match.rule: match for match in decision.matched}
    lines = [f"{_DID[decision.outcome]} because of {decision.rule}: {decision.why}"]
    lines += [line for rule in decision.because if rule in fired for line in _match(fired[rule], text)]
    others = [match for match in decision.matched if match.rule not in decision.because]
    if others:
        lines.append("Also matched:")
        lines += [line for match in others for line in _match(match, text)]
    topic = f"topic {decision.topic}, " if decision.topic else "no approved topic, "
    lines.append(f"It is for {decision.department}, priority P{decision.priority}; {topic}".rstrip(", ") + ".")
    if decision.limit:
        lines.append(f"The rule may acknowledge {decision.limit.per_hour} times an hour.")
    if decision.outcome is not Outcome.ACKNOWLEDGE and decision.rule != decision.without_rule:
        without = "Without the shadow" if "shadow" in decision.because else "Without " + ", ".join(decision.because)
        lines.append(f"{without} {_WOULD[decision.without]} ({decision.without_rule}).")
    return "\n".join(lines)


def because_line(decision: Decision) -> str:
    """One short line without any of the text: outcome, rule, and how many others carry it."""
    more = len(decision.because) - 1
    others = f" and {more} more" if more else ""
    return f"{decision.outcome.value} by {decision.rule}{others}"


def _match(match: Match, text: str) -> list[str]:
    head = f"  {match.rule}: {match.why}{_CERTAINTY[match.certainty]}"
    return [head] + [f"    {piece}" for piece in dict.fromkeys(_piece(evidence, text) for evidence in match.evidence)]


def _piece(evidence: Evidence, text: str) -> str:
    if evidence.start is None or evidence.end is None:
        source = f" (list {evidence.source}: {evidence.says})" if evidence.source else f": {evidence.says}"
        return f"{evidence.fact}{source}"
    quoted = " ".join(text[evidence.start : evidence.end].split())
    kind = (
        "as a" if evidence.source == "question" else "is on" if not (evidence.source or "").startswith("topic ") else "speaks of"
    )
    if (evidence.source or "").startswith("model "):
        return f"“{quoted}” sounds ordinary to the {evidence.source}"
    written = "" if evidence.says.casefold() == quoted.casefold() else f", written there as “{evidence.says}”"
    where = {"as a": f"is a question ({evidence.says})", "is on": f"is on the list {evidence.source}{written}"}
    return f"“{quoted}” {where.get(kind, f'speaks of the {evidence.source}{written}')}"
