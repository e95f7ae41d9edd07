"""Whether LinkedIn still hears us: the subscription of an organization, and the member's token that speaks for it.

Sources: LinkedIn documentation, "Organization social action notifications" (``eventSubscriptions``), "Token introspection",
"Refresh tokens" (the old access token stays good to its own end, and so does the refresh token: 365 days).
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from urllib.parse import quote, urlencode

from chalicelib.domain.fact import Known
from chalicelib.domain.health import Health, Ill, Keys, Probe, Renewed, Sound, Unclear
from chalicelib.domain.outcome import Carried, HttpRequest, HttpResponse
from chalicelib.domain.webhook import Secrets
from chalicelib.platforms.linkedin_parts import posting, urns
from chalicelib.platforms.reading import fields, health

API, LOGIN = "https://api.linkedin.com", "https://www.linkedin.com"
_APP = ("client_id", "client_secret")
_NOTIFICATIONS = "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


class LinkedInKeeping(health.NothingToKeep):
    """See ``Keeping``. The secret ``keeping/linkedin/<account>`` is a JSON object of texts.

    ``client_id``, ``client_secret``; ``application`` and ``member`` (the ids that subscribed) to ask about the subscription;
    ``refresh_token`` to renew the access token.
    """

    asks: tuple[str, ...] = ("subscription", "token")

    def probes(self, account: str, endpoint: str, keys: Keys, now: datetime, nonce: str) -> tuple[Probe, ...]:
        """The subscription by the member's token, and that token by the app's id and secret."""
        known, token = _known(keys.keeping), keys.posting.values[0] if keys.posting.values else ""
        if not posting.TOKEN.fullmatch(token):
            return ()
        found = []
        if {"application", "member"} <= known.keys() and all(_ID.fullmatch(known[name]) for name in ("application", "member")):
            url = f"{endpoint}/rest/eventSubscriptions/{_subscription_key(known, account)}"
            found.append(Probe("subscription", HttpRequest(method="GET", url=url, headers=posting.headers(keys.posting))))
        if set(_APP) <= known.keys():
            found.append(Probe("token", _form(endpoint, "introspectToken", {**_app(known), "token": token})))
        return tuple(found)

    def read_probe(self, name: str, account: str, carried: Carried) -> Health:
        """See ``Keeping``."""
        if name == "subscription" and isinstance(carried, HttpResponse) and carried.status == 404:
            return Ill("subscription-missing")
        document = health.document_of(carried)
        if isinstance(document, Unclear):
            # of the probe "token" a 401 is about the app's secret, which says nothing about the member's token
            return document if name == "token" else health.dead_or(carried, document)
        return _token(document) if name == "token" else _subscription(document)

    def renewal(self, account: str, endpoint: str, keys: Keys) -> HttpRequest | None:
        """A new access token, where LinkedIn gave this app refresh tokens."""
        known = _known(keys.keeping)
        if not {*_APP, "refresh_token"} <= known.keys():
            return None
        asked = {"grant_type": "refresh_token", "refresh_token": known["refresh_token"], **_app(known)}
        return _form(endpoint, "accessToken", asked)

    def read_renewal(self, carried: Carried, now: datetime) -> Renewed | Unclear:
        """See ``Keeping``."""
        return health.read_token(health.document_of(carried), posting.TOKEN, now)


def _subscription_key(known: dict[str, str], account: str) -> str:
    urn = {
        "developerApplication": f"urn:li:developerApplication:{known['application']}",
        "user": f"urn:li:person:{known['member']}",
        "entity": urns.organization_urn(account),
    }
    parts = [f"{name}:{quote(value, safe='')}" for name, value in urn.items()]
    return f"({','.join(parts)},eventType:{_NOTIFICATIONS})"


def _subscription(document: object) -> Health:
    if not isinstance(document, dict):
        return Unclear("unreadable")
    milliseconds = fields.whole(document, "expiresAt")
    if not isinstance(milliseconds, Known):
        return Sound()
    try:
        return Sound(datetime.fromtimestamp(milliseconds.value // 1000, timezone.utc))
    except (ValueError, OverflowError, OSError):
        return Unclear("unreadable")


def _token(document: object) -> Health:
    active = fields.flag(document, "active")
    if not isinstance(active, Known):
        return Unclear("unreadable")
    return Sound(health.from_epoch(document, "expires_at")) if active.value else Ill("token-dead")


def _form(endpoint: str, word: str, given: dict[str, str]) -> HttpRequest:
    """LinkedIn gives out tokens elsewhere than where its API lives; a deployment that sets an endpoint has both there."""
    url = f"{LOGIN if endpoint == API else endpoint}/oauth/v2/{word}"
    headers = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}
    return HttpRequest(method="POST", url=url, headers=headers, body=urlencode(given).encode())


def _app(known: dict[str, str]) -> dict[str, str]:
    return {name: known[name] for name in _APP}


def _known(keeping: Secrets) -> dict[str, str]:
    try:
        found = json.loads(keeping.values[0])
        return {name: value for name, value in found.items() if isinstance(value, str) and value}
    except (IndexError, AttributeError, ValueError):
        return {}
