"""Numbers of a person's accounts, cards, papers and things: by their form, or behind the word that says what they are."""

from __future__ import annotations

_CARD = "card|account|acct|acc|a/c|visa|mastercard|amex|maestro|checking|savings|debit|credit|isa|loan|mortgage"
_PLATE = "reg|registration|rego|plate|vrm|my car"
_LOGIN = (
    "password|passwd|pw|pwd|passcode|passphrase|pass|user ?name|user ?id|user|login|gamertag|psn(?: id)?|steam id|epic id|ign"
)
_STREET = "street|road|avenue|lane|crescent|boulevard|terrace|gardens|mews|grove|close|drive|square|parade|court|rd|ave|st|dr"

_BY_FORM = (
    r"\b\d{14,19}\b|\b3[47]\d{2}[ -]\d{6}[ -]\d{5}\b|\b\d{4}[ -]\d{4}[ -]\d{4}\b",  # cards, IMEI, Aadhaar
    r"\b[a-z]{2}\d{2} ?[a-z]{4}(?: ?\d{4}){2,6}(?: ?\d{1,4})?\b|\b[a-z]{2}\d{2}(?: ?\d{4}){3,6}(?: ?\d{1,4})?\b",  # IBAN
    r"\b[a-z]{2}\d{2} ?[a-z]{4}\d{10}\b|\bx{2,}[ -]?\d{4}\b|\*{2,}[ -]?\d{4}\b",
    r"\b\d{3}-\d{2}-\d{4}\b|\b[1-9]\d{2}[ -]\d{3}[ -]\d{3}\b",  # social security; SIN, TFN
    r"\b[a-ceghj-prtw-z]{2}(?:\d{6}| \d{2} \d{2} \d{2} ?)[a-d]\b",  # national insurance
    r"\b[a-z]{3}[abcfghjlpt][a-z]\d{4}[a-z]\b",  # PAN
    r"\b1z[a-z0-9]{10}\d{6}\b|\b[a-hj-npr-z0-9]{9}[a-hj-npr-y1-9][a-hj-npr-z0-9]\d{6}\b",  # a parcel, a vehicle
    r"(?:^|[^@a-z0-9_./=&%~+-])([a-z]{5}\d{5})\b",  # a bag that is looked for
    r"\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b",  # a device on a network
    r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:19[2-9]\d|200\d)\b|\b(?:19[2-9]\d|200\d)-\d{2}-\d{2}\b",  # a birthday
)
_BEHIND_A_WORD = (
    rf"\b(?:{_CARD})(?: (?:is|no|number|num))?[ :]{{0,2}}(?:#|\(|\.{{2,}}|\*+|x+)[ -]?(\d{{3,12}})\b",
    rf"\b(?:my|{_CARD})(?: is| no| number)?[ :#]{{1,3}}(\d{{4}}[ -]\d{{4}})\b|\b(?:my|debit|credit|bank|visa) card (\d{{4}})\b",
    r"\b(?:last ?(?:4|four)|l4)(?: digits)?(?: of (?:my |the )?[a-z]+)?(?: card| ssn| social)?(?: is| are)?[ :#-]{1,3}(\d{4})\b",
    r"\b(?:card|account|acct|visa)(?: that)? (?:starts|starting|begins|beginning)(?: with)? (\d{4,6})\b",
    r"\b(?:sort|s/c)(?: code)?(?: is)?[ :]{1,2}(\d{2}[ -]\d{2}[ -]\d{2})\b",
    r"\biban(?: is)?[ :]{1,2}([a-z]{2}\d{2}[a-z0-9 ]{6,28}[a-z0-9])\b",
    rf"\b(?:{_PLATE})(?: number| no)?(?: is)?[ :#]{{1,3}}"
    r"([a-z]{1,3}\d{1,4} ?[a-z]{3}|[a-z]{3}\d{3})\b",
    r"\b(?:serial|s/n)(?: number| no\.?| num)?(?: is)?[ :#.]{1,3}([a-z0-9-]*\d[a-z0-9-]{4,})\b",
    rf"\b(?:{_LOGIN})(?: is| was)?(?: ?[:=-])? ([a-z_.]{{3,}}\d[a-z0-9_.]*)",
    r"\b(?:user ?name|gamertag|psn id|pwd|pw) ?[:=] ?([a-z0-9_.!]{3,})",
    r"\b(?:pin|passcode|cvv)(?: is| was)?[ :]{1,2}(\d{4,6})\b|\bcode (?:[a-z]+ ){0,4}(?:is|was) (\d{6})\b",
    r"\b(?:address|addr|house number|house is number|flat number)(?: is)?[ :]{1,3}(\d{2,5}[a-d]?)\b|\border ?#? ?(\d{4,})\b",
    rf"\b(\d{{1,4}}[a-d],? (?:[a-z']+ ){{1,2}}(?:{_STREET}))\b|\b(?:apt|apartment|flat|unit)[ #.]{{1,2}}(\d{{1,4}}[a-h])\b",
    r"\b(\d{2,5} [nsew]?\.? ?[a-z]{4,} (?:st|dr|ln|cir|pkwy|hwy))\b",
)
ID_NUMBER = "|".join((*_BY_FORM, *_BEHIND_A_WORD))
