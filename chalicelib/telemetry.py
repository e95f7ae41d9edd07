"""What the Lambdas say of their work: one log line for each thing done, and its counts. Slugs, ids of ours and numbers only."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

if TYPE_CHECKING:
    from chalicelib.steps.done import Done

SERVICE = "ackguard"
NAMESPACE = "Ackguard"
"""Where the metrics stand unless ``POWERTOOLS_METRICS_NAMESPACE`` says otherwise: in a stage it is the name of the stack."""

OUTCOMES = {"reserved": "Acknowledged", "human": "ToPeople", "ignored": "Ignored", "posted": "Posted"}
"""What a step did → the metric that counts it."""

WITHOUT_POLICY = frozenset({"policy-unavailable", "engine-not-approved"})
"""The built-in rules that stand for no valid signed policy."""

COUNTED = ("UnknownFacts", "UnknownOutcomes", "Rescued", "PlatformIll", "PolicyMissing", "Refused", "Failed")
TIMED = {"decide": "TimeToDecision", "announce": "TimeToPerson"}
"""Step → how long (ms) it took until then: since the mention came, for people since they were to be told."""

METRICS = frozenset({*OUTCOMES.values(), *COUNTED, *TIMED.values()})
"""Every metric there is; alarms may name no other (a test holds that)."""


class _Out(logging.StreamHandler[Any]):
    """Writes to what is standard error when it writes, or to where ``write_to`` sends it."""

    to: TextIO | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        self.stream = type(self).to or sys.stderr
        super().emit(record)


class _Quiet(logging.Filter):
    """An error is told by its kind and its place: its text may quote what somebody wrote."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true; the record has lost what may not be told."""
        if record.exc_info and record.exc_info[1] is not None:
            record.__dict__.update(placed(record.exc_info[1]))
            record.msg, record.args, record.exc_info, record.exc_text = "raised", (), None, None
        return True


def _opened() -> tuple[Logger, logging.Logger]:
    out = _Out()
    out.addFilter(_Quiet())
    counts = logging.getLogger(f"{SERVICE}.metrics")
    counts.propagate = False
    counts.setLevel(logging.INFO)
    counts.addHandler(_Out())
    # a level of ours: the one in the environment is often another program's, and would silence the record of what was done
    return Logger(service=SERVICE, level=logging.INFO, logger_handler=out, log_uncaught_exceptions=False), counts


_log, _counts = _opened()


def note(step: str, correlation: str = "", **what: str | int) -> None:
    """One line: what ``step`` did. ``correlation`` is the same from the delivery of a mention to its reply."""
    _log.info(step, extra={"step": step, **({"correlation_id": correlation} if correlation else {}), **what})


def done(step: str, what: Done, now: datetime) -> None:
    """One line and the counts for one mention (or case, or promise) that a step moved on."""
    note(step, what.correlation, id=what.id, did=what.did, rule=what.rule)
    counts = {OUTCOMES[what.did]: 1} if step in ("decide", "post") and what.did in OUTCOMES else {}
    if step == "decide" and what.rule.endswith("-unknown"):
        counts["UnknownFacts"] = 1
    if what.did == "outcome-unknown":
        counts["UnknownOutcomes"] = 1
    if step == "decide" and what.rule in WITHOUT_POLICY:
        counts["PolicyMissing"] = 1
    if (step, what.did) == ("watch", "alarm"):
        counts["PlatformIll"] = 1
    if step == "rescue":
        counts["Rescued"] = 1
    spent = {TIMED[step]: (now - what.since).total_seconds() * 1000} if what.since is not None and step in TIMED else {}
    _count(counts, spent, step=step, did=what.did, rule=what.rule)


def refused(platform: str, status: int, reason: str) -> None:
    """Count a webhook that was not taken."""
    _count({"Refused": 1}, {}, platform=platform, status=status, reason=reason)


def failed(step: str, error: BaseException) -> None:
    """One line for an invocation that raised; the queue, the stream or the schedule brings the work back."""
    _log.error("raised", extra={"step": step, **placed(error)})
    _count({"Failed": 1}, {}, step=step)


def placed(error: BaseException) -> dict[str, str]:
    """The kind of an error and the line that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    return {"error": type(error).__name__, "place": f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown"}


def write_to(stream: TextIO | None) -> None:
    """Write to ``stream`` from here on (None: standard error), where the lines would bury what a person came to see."""
    _Out.to = stream


def _count(counts: dict[str, int], spent: dict[str, float], **about: str | int) -> None:
    """One line in CloudWatch's embedded metric format; ``about`` can be searched in the log and is no dimension."""
    if not counts and not spent:
        return
    # fresh dictionaries: by default all providers of a process share theirs
    provider = AmazonCloudWatchEMFProvider(namespace=None, service=SERVICE, metric_set={}, dimension_set={}, metadata_set={})
    provider.namespace = provider.namespace or NAMESPACE
    for name, number in counts.items():
        provider.add_metric(name=name, unit=MetricUnit.Count, value=number)
    for name, milliseconds in spent.items():
        provider.add_metric(name=name, unit=MetricUnit.Milliseconds, value=max(0.0, milliseconds))
    for key, value in about.items():
        provider.add_metadata(key=key, value=value)
    _counts.info(json.dumps(provider.serialize_metric_set(), separators=(",", ":")))
