"""What the Lambdas of a service are told: limits and addresses that they work by, and where they contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from chalicelib.domain.limits import Limits
from chalicelib.settings import Settings, WrongSettings, read_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What holds for the whole service. ``endpoints``: where a platform is called (platform → URL) where that is not its own API.

    ``broken``: Lambda → what is wrong with its settings. ``apart``: limit → who has what, where Lambdas differ. ``unseen`` says
    why nobody may look, and then the limits are the defaults. ``own_apis`` is False where nobody but ``endpoints`` may be called.
    """

    limits: Limits
    endpoints: Mapping[str, str]
    sinks: tuple[str, ...] = ()
    broken: Mapping[str, str] = field(default_factory=dict)
    apart: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unseen: str | None = None
    own_apis: bool = True


def read_told(lambdas: Mapping[str, Mapping[str, str]]) -> Told:
    """What the environments of the Lambdas come to (Lambda → setting → value). Where they differ the first by name is shown."""
    read, broken = dict[str, Settings](), dict[str, str]()
    for name, environment in sorted(lambdas.items()):
        try:
            read[name] = read_settings(environment)
        except WrongSettings as wrong:
            broken[name] = str(wrong)
    apart = {}
    for one in fields(Limits):
        values = {name: str(getattr(settings.limits, one.name)) for name, settings in read.items()}
        if len(set(values.values())) > 1:
            apart[one.name] = values
    return Told(
        limits=next((settings.limits for settings in read.values()), Limits()),
        endpoints={name: url for settings in read.values() for name, url in settings.endpoints.items()},
        sinks=tuple(sorted({name for settings in read.values() for name in settings.sinks})),
        broken=broken,
        apart=apart,
    )
