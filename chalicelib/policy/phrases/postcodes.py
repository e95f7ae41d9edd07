"""Postcodes: where somebody lives, to a few doors in some countries, by their form or behind a word that tells."""

from __future__ import annotations

_AREAS = (
    "ab|al|b|ba|bb|bd|bh|bl|bn|br|bs|bt|ca|cb|cf|ch|cm|co|cr|ct|cv|cw|da|dd|de|dg|dh|dl|dn|dt|dy|e|ec|eh|en|ex|fk|fy|g|gl|gu|gy|"
    "ha|hd|hg|hp|hr|hs|hu|hx|ig|im|ip|iv|je|ka|kt|kw|ky|l|la|ld|le|ll|ln|ls|lu|m|me|mk|ml|n|ne|ng|nn|np|nr|nw|ol|ox|"
    "pa|pe|ph|pl|po|pr|rg|rh|rm|s|sa|se|sg|sk|sl|sm|sn|so|sp|sr|ss|st|sw|sy|ta|td|tf|tn|tq|tr|ts|tw|ub|w|wa|wc|wd|wf|wn|wr|ws|wv|yo|ze"
)
"""The 120 and more areas of British postcodes."""

_INWARD = r"\d(?:[abdefhjlpquw-z][abd-hjlnp-uw-z]|g[ad-hjlnp-uw-z]|s[abd-hjlnp-suw-z]|[nr][abe-hjlnp-uw-z]|t[abd-gjlnp-uw-z])"
"""A digit and two letters, which are never c, i, k, m, o or v; nor gigabytes, nor 1st, 2nd, 3rd and 4th."""

_STATES = "ak|az|ca|ct|dc|fl|ga|ia|il|ks|ky|md|mn|mo|mt|nc|nd|ne|nh|nj|nm|nv|ny|ri|sc|sd|tn|tx|ut|va|vt|wa|wi|wv|wy"
_STATES_THAT_ARE_WORDS = "al|ar|co|de|hi|id|in|la|ma|me|mi|ms|oh|ok|or|pa"
_STATE_NAMES = (
    "alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|idaho|illinois|indiana|iowa|kansas|"
    "kentucky|louisiana|maine|maryland|massachusetts|michigan|minnesota|mississippi|missouri|montana|nebraska|nevada|"
    "new (?:hampshire|jersey|mexico|york)|(?:north|south) (?:carolina|dakota)|ohio|oklahoma|oregon|pennsylvania|rhode island|"
    "tennessee|texas|utah|vermont|virginia|washington|wisconsin|wyoming"
)

_DUTCH_TOWNS = "amsterdam|rotterdam|den haag|the hague|utrecht|eindhoven|groningen|tilburg|almere|breda|nijmegen"
_CALLED_SO = r"(?:post ?code|eir ?code|pin ?code)(?: is| was|'s)?(?: ?[:=#-])?|my zip ?(?:code)?|zip(?: ?code)?(?: is|'s|:)"
_EIRCODE = r"(?:[ac-fhknprtv-y]\d{2}|d6w)"

POSTCODE = (
    rf"\b(?:{_AREAS})\d[a-z0-9]?[ -]{_INWARD}\b"  # SW1A 1AA
    r"|\b[abceghj-nprstvxy]\d[abceghj-nprstv-z][ -]\d[abceghj-nprstv-z]\d\b"  # K1A 0B1
    rf"|\b{_EIRCODE} ?[ac-fhknprtv-y](?:\d[0-9ac-fhknprtv-y]{{2}}|[ac-fhknprtv-y]\d[0-9ac-fhknprtv-y])\b"  # D02 AF30
    rf"|\b(?:{_STATES}|{_STATE_NAMES})[ ,.]{{1,2}}\d{{5}}(?:-\d{{4}})?\b"
    rf"|, (?:{_STATES_THAT_ARE_WORDS})\.? (\d{{5}}(?:-\d{{4}})?)\b"
    rf"|\b([1-9]\d{{3}} ?[a-z]{{2}} (?:{_DUTCH_TOWNS}))\b"
    r"|-?\b\d{1,2}\.\d{4,}, ?-?\d{1,3}\.\d{4,}\b"  # a place on the map
    rf"|\b(?:{_CALLED_SO}) "
    r"(\d{4} [a-z]{2}|[a-z]{0,2}\d[a-z0-9]{2,6}|[a-z]{1,2}\d{1,2})\b"
)
