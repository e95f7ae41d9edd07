"""LinkedIn's names of things (URNs), each in one spelling: a payload may spell one comment in two ways.

Source: LinkedIn Marketing documentation, "URNs and IDs", and a recorded notification of 2023-08-09 that holds both spellings.
"""

from __future__ import annotations

import re

from chalicelib.domain.fact import Fact, Known, Unknown
from chalicelib.platforms.reading import fields

_POST = r"urn:li:(?:activity|share|ugcPost):[0-9]{1,25}"
_COMMENT = re.compile(r"urn:li:comment:\((?:urn:li:)?((?:activity|share|ugcPost):[0-9]{1,25}),([0-9]{1,25})\)")
_POST_TEXT = re.compile(_POST)
_ORGANIZATION = re.compile(r"urn:li:organization:([0-9]{1,25})")
_ACTOR = re.compile(r"urn:li:[A-Za-z]{1,40}:[A-Za-z0-9_-]{1,100}")


def post(node: object, *path: str) -> Fact[str]:
    """A post or a comment; of a comment's two spellings the longer: ``urn:li:comment:(urn:li:activity:1,2)``."""
    found = fields.find(node, *path)
    if isinstance(found, Unknown):
        return found
    known = one_spelling(found) if isinstance(found, str) else None
    return Unknown("malformed") if known is None else Known(known)


def one_spelling(text: str) -> str | None:
    """The one spelling of a post's or comment's URN, None for anything else."""
    comment = _COMMENT.fullmatch(text)
    if comment:
        return f"urn:li:comment:(urn:li:{comment[1]},{comment[2]})"
    return text if _POST_TEXT.fullmatch(text) else None


def thread_of(post_id: str) -> str:
    """The post that a comment stands under; a post is its own thread. Takes what ``post`` gave."""
    comment = _COMMENT.fullmatch(post_id)
    return f"urn:li:{comment[1]}" if comment else post_id


def is_comment(post_id: str) -> bool:
    """Whether ``post_id`` names a comment."""
    return _COMMENT.fullmatch(post_id) is not None


def organization(node: object, *path: str) -> Fact[str]:
    """The number of an organization: the id of an account, as a brand file and the name of a secret can hold it."""
    found = fields.identifier(_ORGANIZATION, node, *path)
    return Known(organization_number(found.value)) if isinstance(found, Known) else found


def actor(node: object, *path: str) -> Fact[str]:
    """Who did something: an organization by its number, like our own accounts, anybody else by the whole URN."""
    found = fields.identifier(_ACTOR, node, *path)
    return Known(organization_number(found.value)) if isinstance(found, Known) else found


def organization_number(urn: str) -> str:
    """The number in an organization's URN; any other text as it is."""
    found = _ORGANIZATION.fullmatch(urn)
    return found[1] if found else urn


def organization_urn(number: str) -> str:
    """The URN of one of our accounts."""
    return f"urn:li:organization:{number}"
