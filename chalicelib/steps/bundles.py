"""The bundle in force: fetched when the pointer names another one, verified before anything reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain import keys
from chalicelib.domain.account import Brand
from chalicelib.policy.deciding.bundle import CHALLENGER, PREFIX, Broken, Bundle, load
from chalicelib.ports import Artefacts, Row, Store
from chalicelib.steps.pointer import WENT_BACK, read_pointer
from chalicelib.voice.voice import Voice
from chalicelib.voice.voice import load as load_voice

NONE = Broken("no-policy-in-force")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A bundle with its voices by ``<voice>.<language>``; a voice that cannot be read is not there."""

    sha256: str
    bundle: Bundle | Broken
    voices: Mapping[str, Voice]

    def brand_of(self, platform: str, account: str) -> Brand | None:
        """The brand of an account, None for a stranger or without a readable bundle."""
        return None if isinstance(self.bundle, Broken) else self.bundle.brand_of(platform, account)


class Bundles:
    """The last verified bundle of this process. A broken one is remembered as broken, never replaced by an older one.

    So is the pointer: unsigned, or older than one that this process has seen, it names nothing.
    ``challengers``: those that run beside the one in force; they are signed for that alone, and lie elsewhere.
    """

    def __init__(self, artefacts: Artefacts, public_keys: Sequence[bytes], engine: str, *, challengers: bool = False) -> None:
        self._artefacts, self._public_keys, self.engine = artefacts, tuple(public_keys), engine
        self._folder, self._prefix = ("bundle/challenger", CHALLENGER) if challengers else ("bundle", PREFIX)
        self._last, self._newest = Loaded("", NONE, {}), 0
        self._row: Row | None = None

    @property
    def last(self) -> Loaded:
        """What the previous mention was decided with: a guess at where the next one's rows lie."""
        return self._last

    def in_force(self, store: Store) -> Loaded:
        """The bundle that the pointer in ``store`` names now; raises ``ports.Unavailable`` when either does not answer."""
        return self.named_by(store.read([keys.pointer()]).get(keys.pointer()))

    def named_by(self, row: Row | None) -> Loaded:
        """The bundle that the pointer names; raises ``ports.Unavailable`` when the artefacts do not answer."""
        if row != self._row:
            self._last, self._row = self._pointed_at(row), row
        return self._last

    def of(self, sha256: str) -> Loaded:
        """The bundle of this hash; raises ``ports.Unavailable`` when the artefacts do not answer."""
        if sha256 != self._last.sha256:
            self._last = self._fetch(sha256)
        return self._last

    def _pointed_at(self, row: Row | None) -> Loaded:
        pointer = read_pointer(row, self._public_keys) if row else NONE
        if isinstance(pointer, Broken):
            return Loaded("", pointer, {})
        if pointer.version < self._newest:
            return Loaded("", WENT_BACK, {})
        self._newest = pointer.version
        return self.of(pointer.sha256)

    def _fetch(self, sha256: str) -> Loaded:
        name = f"{self._folder}/{sha256}"
        document, signature = self._artefacts.get(name), self._artefacts.get(f"{name}.sig")
        if document is None or signature is None:
            return Loaded(sha256, Broken("bundle-missing"), {})
        bundle = load(document, signature, self._public_keys, self.engine, self._prefix)
        if isinstance(bundle, Bundle) and bundle.sha256 != sha256:
            return Loaded(sha256, Broken("bundle-is-another"), {})
        return Loaded(sha256, bundle, voices_of(bundle))


def voices_of(bundle: Bundle | Broken) -> Mapping[str, Voice]:
    """The voices of a bundle by name; one that cannot be read is left out, and its brand falls silent."""
    if isinstance(bundle, Broken):
        return {}
    voices = {}
    for name, document in bundle.voices.items():
        try:
            voices[name] = load_voice(document)
        except ValueError:
            continue
    return voices
