"""The three files of a new brand, from answers: rules that hold, and tests that would notice if they did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What somebody says about a new brand. ``hours`` as in ``brand.yaml``; ``per_hour`` acknowledgements of each rule."""

    id: str
    name: str
    industry: str
    platform: str
    account: str
    handle: str
    owner: str
    zone: str = "Europe/London"
    zone_name: str = "UK"
    hours: str = "mon-fri 08:00-18:00"
    per_hour: int = 30


@dataclass(frozen=True, slots=True)
class Said:
    """What customers of an industry say: a question, a fault, something about a topic that asks nothing, another language."""

    asks: str
    fault: str
    remark: str
    foreign: str


SAID: Mapping[str, Said] = {
    "airline": Said(
        "how many bags can I check on a flight to Oslo?",
        "my boarding pass won't open in the app",
        "I have a flight to Oslo on Friday",
        "mi boarding pass not working desde ayer por la noche, please help",
    ),
    "bank": Said(
        "how do I order a new card?",
        "the app won't load on my phone since this morning",
        "I have the card and the account with you",
        "mi card not working desde ayer por la noche, please help",
    ),
    "delivery": Said(
        "where is my parcel please?",
        "tracking has not updated since Tuesday",
        "my parcel is with the neighbour now",
        "mi parcel not working desde ayer por la noche, please help",
    ),
    "electronics": Said(
        "how do I update my laptop?",
        "my laptop is not charging since this morning",
        "I have the laptop and the tablet here",
        "mi laptop not working desde ayer por la noche, please help",
    ),
    "food": Said(
        "what time does the store in Leeds open?",
        "the app won't load my order",
        "I have the app and the menu here",
        "mi app not working desde ayer por la noche, please help",
    ),
    "insurer": Said(
        "how do I renew my policy online?",
        "the app won't load my claim",
        "I have the claim and the quote here",
        "mi app not working desde ayer por la noche, please help",
    ),
    "software": Said(
        "how do I download the update?",
        "the app won't load since this morning",
        "I have the app and the licence here",
        "mi app not working desde ayer por la noche, please help",
    ),
    "sport-club": Said(
        "where do I collect my ticket for the match?",
        "the app won't load my ticket",
        "I have the ticket and the app here",
        "mi ticket not working desde ayer por la noche, please help",
    ),
    "telecom": Said(
        "how do I unlock my phone for another network?",
        "no signal in Hove since this morning",
        "signal in Hove this morning, then in Brighton",
        "mi router not working desde ayer por la noche, please help",
    ),
}
"""By industry; a new industry is a topics file and one of these."""

SURE: Mapping[str, int] = {"airline": 85}
"""How sure the recogniser has to be, in percent, where more of what it likes is wrong (docs/judgement.md, by topic)."""

SURE_ELSEWHERE = 75

REVIEW = timedelta(days=120)


def brand_files(answers: Answers, departments: Sequence[str], today: date) -> dict[str, str]:
    """Path → text of the new brand's files. ``departments`` answer its topics; rules are to be reviewed in 120 days."""
    review_by = today + REVIEW
    return {
        f"{answers.id}/brand.yaml": _brand(answers, departments),
        f"{answers.id}/policy.yaml": _policy(answers, review_by),
        f"{answers.id}/tests.yaml": _tests(answers, today, review_by),
    }


def _schema(name: str) -> str:
    return f"# yaml-language-server: $schema=../../docs/{name}.schema.json\n"


def _brand(answers: Answers, departments: Sequence[str]) -> str:
    teams = "".join(f"  {department}: {department.replace('-', ' ')} team\n" for department in sorted({*departments, "care"}))
    return (
        f"{_schema('brand')}# {answers.name}: who it is, where it is spoken to, and who answers.\n"
        f"id: {answers.id}\nname: {answers.name}\nzone: {answers.zone}\nzone_name: {answers.zone_name}\nhours: {answers.hours}\n"
        f"holidays: []\nmuted: []\nlanguages: [en]\nindustries: [{answers.industry}]\n"
        f'accounts:\n  - {{platform: "{answers.platform}", id: "{answers.account}", handle: {answers.handle}}}\n'
        f"voice: plain\nown_names: [{answers.name}]\nteams:\n{teams}sla: {{P0: 15, P1: 60, P2: 240, P3: 480, P4: 1440}}\n"
    )


def _sure(answers: Answers) -> str:
    return f"{SURE.get(answers.industry, SURE_ELSEWHERE)}%"


def _policy(answers: Answers, review_by: date) -> str:
    sure = f"ordinary_over: {_sure(answers)}"
    rule = f"    limit: {{per_hour: {answers.per_hour}}}\n    review_by: {review_by}\n"
    return (
        f"{_schema('policy')}# What {answers.name} may acknowledge; its own lists and human rules go here too.\n"
        f"policy: {answers.id}\nowner: {answers.owner}\n\nacknowledge:\n"
        "  ordinary-question:\n    why: An ordinary question or request in an approved topic; the team answers within the day.\n"
        f"    when: {{topic: any, asks: yes, language_is: [en], {sure}}}\n{rule}"
        "  ordinary-fault:\n    why: A plain report that something does not work or has not come; the team has to look into it.\n"
        f"    when: {{topic: any, text_has: [faults], language_is: [en], {sure}}}\n    priority: P2\n{rule}"
    )


def _tests(answers: Answers, today: date, review_by: date) -> str:
    said, limit = SAID[answers.industry], answers.per_hour
    asks, fault = f"@{answers.handle} {said.asks}", f"@{answers.handle} {said.fault}"
    over = f'now: "{review_by + timedelta(days=1)}T15:00:00Z"'
    lines = [
        f'say: "{asks}", expect: acknowledge, because: [ordinary-question]',
        f'say: "{fault}", expect: acknowledge, because: [ordinary-fault]',
        f'say: "{asks} My lawyer asks too", expect: human, because: [legal], also_matched: [ordinary-question]',
        f'say: "{fault}, my lawyer is told", expect: human, because: [legal], also_matched: [ordinary-fault]',
        f'say: "@{answers.handle} {said.remark}", expect: human, because: [default]',
        f'say: "@{answers.handle} what is the capital of Norway?", expect: human, because: [default]',
        f'say: "@{answers.handle} the clock in the hall has stopped working", expect: human, because: [default]',
        f'say: "@{answers.handle} {said.foreign}", expect: human, not_matched: [ordinary-question, ordinary-fault]',
        f'say: "{asks}", given: {{used: {{ordinary-question: "{limit}"}}}}, expect: human, because: [hourly-limit]',
        f'say: "{fault}", given: {{used: {{ordinary-fault: "{limit}"}}}}, expect: human, because: [hourly-limit]',
        f'say: "{asks}", {over}, expect: human, because: [default]',
        f'say: "{fault}", {over}, expect: human, because: [default]',
        f'say: "{asks}", given: {{ordinary: {_sure(answers)}}}, expect: human, because: [default]',
        f'say: "{fault}", given: {{ordinary: {_sure(answers)}}}, expect: human, because: [default]',
        f'say: "{asks}", given: {{ordinary: unknown}}, expect: human',
        f'say: "{asks}", given: {{text: unknown}}, expect: human',
        f'say: "{asks}", given: {{language: unknown}}, expect: human',
    ]
    head = f'tests_for: {answers.id}\nnow: "{today}T15:00:00Z"\ntests:\n'
    body = "".join(f"  - {{{line}}}\n" for line in lines)
    return f"{_schema('tests')}# What {answers.name} expects of its policy. Every new rule gets a line here.\n{head}{body}"
