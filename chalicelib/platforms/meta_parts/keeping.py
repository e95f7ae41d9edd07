"""Whether Meta still hears us: the app's subscription to a page or account, and the token that speaks for it.

Sources: Meta for Developers, Graph API 25.0: ``/{id}/subscribed_apps``, ``/debug_token``, long-lived tokens. A page token made
from a long-lived token has no end; what it may read ends 90 days after somebody last used the app (``data_access_expires_at``).
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import quote, urlencode

from chalicelib.domain.fact import Known
from chalicelib.domain.health import Health, Ill, Keys, Probe, Renewed, Sound, Unclear
from chalicelib.domain.outcome import Carried, HttpRequest, HttpResponse
from chalicelib.domain.webhook import Secrets
from chalicelib.platforms.meta_parts.graph import TOKEN
from chalicelib.platforms.reading import answers, fields, health

_APP = re.compile(r"([0-9]{5,25})\|([A-Za-z0-9_-]{16,200})")
_DEAD = frozenset({102, 190})


class MetaKeeping(health.NothingToKeep):
    """See ``Keeping``. The secret ``keeping/<platform>/<account>`` is the app's own token: ``<app id>|<app secret>``.

    ``wanted`` are the fields that a subscription must have.
    """

    asks: tuple[str, ...] = ("subscription", "token")

    def __init__(self, wanted: frozenset[str]) -> None:
        self._wanted = wanted

    def probes(self, account: str, endpoint: str, keys: Keys, now: datetime, nonce: str) -> tuple[Probe, ...]:
        """The subscription by the account's token, and that token by the app's."""
        token, app = _first(keys.posting), _first(keys.keeping)
        if not TOKEN.fullmatch(token):
            return ()
        url = f"{endpoint}/{quote(account, safe='')}/subscribed_apps"
        found = [Probe("subscription", HttpRequest(method="GET", url=url, headers=_headers(token)))]
        if _APP.fullmatch(app):
            # Meta takes the token that is asked about in the address only; an address with its query is never logged
            asked = f"{endpoint}/debug_token?{urlencode({'input_token': token})}"
            found.append(Probe("token", HttpRequest(method="GET", url=asked, headers=_headers(app))))
        return tuple(found)

    def read_probe(self, name: str, account: str, carried: Carried) -> Health:
        """See ``Keeping``."""
        if _says_dead(carried):
            # of the probe "token" it is the app's own token that is dead, which says nothing about the account's
            return Unclear("app-token-dead") if name == "token" else Ill("token-dead")
        document = health.document_of(carried)
        if isinstance(document, Unclear):
            return document
        return _token(document) if name == "token" else self._subscription(document)

    def renewal(self, account: str, endpoint: str, keys: Keys) -> HttpRequest | None:
        """A long-lived token for the one that there is; that one goes on to its own end."""
        app, token = _APP.fullmatch(_first(keys.keeping)), _first(keys.posting)
        if app is None or not TOKEN.fullmatch(token):
            return None
        query = {
            "grant_type": "fb_exchange_token",
            "client_id": app[1],
            "client_secret": app[2],
            "fb_exchange_token": token,
        }
        url = f"{endpoint}/oauth/access_token?{urlencode(query)}"
        return HttpRequest(method="GET", url=url, headers={"accept": "application/json"})

    def read_renewal(self, carried: Carried, now: datetime) -> Renewed | Unclear:
        """See ``Keeping``; without ``expires_in`` the token has no end."""
        return health.read_token(health.document_of(carried), TOKEN, now)

    def _subscription(self, document: object) -> Health:
        listed = fields.rows(document, "data")
        if not isinstance(listed, list):
            return Unclear("unreadable")
        for row in listed:
            subscribed = fields.rows(row, "subscribed_fields")
            if isinstance(subscribed, list) and self._wanted <= {one for one in subscribed if isinstance(one, str)}:
                return Sound()
        return Ill("subscription-missing")


def _token(document: object) -> Health:
    valid = fields.flag(document, "data", "is_valid")
    if not isinstance(valid, Known):
        return Unclear("unreadable")
    if not valid.value:
        return Ill("token-dead")
    ends = [health.from_epoch(document, "data", name) for name in ("expires_at", "data_access_expires_at")]
    return Sound(min((end for end in ends if end is not None), default=None))


def _says_dead(carried: Carried) -> bool:
    if not isinstance(carried, HttpResponse) or not 400 <= carried.status < 500:
        return False
    return fields.find(answers.document(carried), "error", "code") in _DEAD


def _first(live: Secrets) -> str:
    return live.values[0] if live.values else ""


def _headers(token: str) -> dict[str, str]:
    return {"accept": "application/json", "authorization": f"Bearer {token}"}
