"""The recogniser as the steps see it: it wakes up when it is first asked, and whatever breaks is unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chalicelib.domain.fact import Fact, Known, Unknown
from chalicelib.domain.facts import Recognised
from chalicelib.recogniser.pieces import TooLong

if TYPE_CHECKING:
    from chalicelib.recogniser.model import Model


class LazyRecogniser:
    """See ``ports.Recogniser``. A model that cannot be read is remembered as broken, so that no mention waits for it twice."""

    def __init__(self, wake: Callable[[], Model]) -> None:
        self._wake = wake
        self._model: Model | None = None
        self._broken: str | None = None

    def recognise(self, text: str) -> Fact[Recognised]:
        """See ``ports.Recogniser``. What breaks it is nobody's business here: unknown is a person, and the record says so."""
        try:
            if self._model is None and self._broken is None:
                self._model = self._wake()
            return Unknown(self._broken or "broken") if self._model is None else Known(self._model.recognised(text))
        except TooLong:
            return Unknown("too-long")
        except Exception as error:
            if self._model is None:
                self._broken = str(error) if type(error).__name__ == "OtherWeights" else "broken"
            return Unknown(self._broken or "broken")
