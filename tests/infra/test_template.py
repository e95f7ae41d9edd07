"""What the packaged template says: every trap of Chalice, SQS and streams that would lose or repeat something."""

from __future__ import annotations

import json
import re
from typing import Any
from unittest.mock import MagicMock

import pytest

import app
from chalicelib import telemetry, wiring
from chalicelib.domain.limits import Limits
from chalicelib.local import stage
from chalicelib.settings import ENGINE, NEEDS, ORIGIN, PLACES
from tests.infra.conftest import ROOT, Packed

PORTS = {
    "api_handler": "for_receiving",
    "decide_mentions": "for_deciding",
    "post_replies": "for_posting",
    "settle_stale": "for_posting",
    "rescue": "for_deciding",
    "announce_cases": "for_announcing",
    "sequence_ledger": "for_sequencing",
    "seal_ledger": "for_sealing",
    "watch": "for_keeping",
}
COMMON = {"ACKGUARD_BACKEND", "ACKGUARD_ORIGIN", "POWERTOOLS_METRICS_NAMESPACE"}
SINK_SETTINGS = {"ACKGUARD_SINKS", "ACKGUARD_SINK_WEBHOOK", "ACKGUARD_SINK_SLACK", "ACKGUARD_SINK_EVENTBRIDGE"}


def sources(packed: Packed, kind: str) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Lambda → (its properties, those of its trigger) for every Lambda with a trigger of this type."""
    return {
        name: (one, source["Properties"])
        for name, one in packed.functions.items()
        for source in one.get("Events", {}).values()
        if source["Type"] == kind
    }


def queue_of(source: dict[str, Any]) -> str:
    found = re.fullmatch(r"\$\{(\w+)\.Arn\}", source["Queue"]["Fn::Sub"])
    assert found, source
    return found[1]


def test_every_lambda_of_the_map_is_there_and_runs_in_app(packed: Packed) -> None:
    assert set(packed.functions) == {"api_handler", *(source.name for source in app.app.event_sources)} == set(PORTS)
    assert {one["Handler"].split(".")[0] for one in packed.functions.values()} == {"app"}


def test_each_lambda_has_a_role_of_its_own(packed: Packed) -> None:
    roles = [one["Role"]["Fn::GetAtt"][0] for one in packed.functions.values()]
    assert len(set(roles)) == len(roles) == len(packed.of_type("AWS::IAM::Role"))


def test_debug_is_off() -> None:
    assert app.app.debug is False


def test_whatever_reads_a_queue_or_stream_names_what_failed(packed: Packed) -> None:
    read = sources(packed, "SQS") | sources(packed, "DynamoDB")
    assert len(read) == 5
    assert {name for name, (_, source) in read.items() if source["FunctionResponseTypes"] != ["ReportBatchItemFailures"]} == set()
    assert {source["BatchSize"] for _, source in sources(packed, "SQS").values()} == {1}


def test_a_queue_waits_six_times_as_long_as_its_lambda_may_take(packed: Packed) -> None:
    queues = packed.of_type("AWS::SQS::Queue")
    for lambda_, source in sources(packed, "SQS").values():
        assert queues[queue_of(source)]["VisibilityTimeout"] >= 6 * lambda_["Timeout"]


def test_a_queue_never_has_more_consumers_than_are_reserved_for_it(packed: Packed) -> None:
    for lambda_, source in sources(packed, "SQS").values():
        assert source["ScalingConfig"]["MaximumConcurrency"] <= lambda_["ReservedConcurrentExecutions"]


def test_every_queue_but_the_dead_letters_has_dead_letters_after_as_many_receives_as_the_steps_count(packed: Packed) -> None:
    queues = packed.of_type("AWS::SQS::Queue")
    assert "RedrivePolicy" not in queues.pop("DeadLettersQueue"), "rescue retries without limit"
    target = {"Fn::GetAtt": ["DeadLettersQueue", "Arn"]}
    for queue in queues.values():
        assert queue["RedrivePolicy"] == {"deadLetterTargetArn": target, "maxReceiveCount": Limits().receives}
    assert set(queues) == {"MentionsQueue", "RepliesQueue", "AnnouncementsQueue"}


def test_dead_letters_outlive_the_queues_that_they_come_from(packed: Packed) -> None:
    kept = {name: queue["MessageRetentionPeriod"] for name, queue in packed.of_type("AWS::SQS::Queue").items()}
    assert kept.pop("DeadLettersQueue") > 3 * max(kept.values()), "their age is counted from the first queue"


def test_rescue_that_hangs_for_five_minutes_alarms(packed: Packed) -> None:
    alarm = packed.of_type("AWS::CloudWatch::Alarm")["DeadLettersAlarm"]
    assert alarm["MetricName"] == "ApproximateAgeOfOldestMessage"
    assert alarm["Threshold"] <= 300
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["DeadLettersQueue", "QueueName"]}}]


def test_the_stream_starts_at_its_beginning_and_never_skips(packed: Packed) -> None:
    _, source = sources(packed, "DynamoDB")["sequence_ledger"]
    assert source["Stream"] == {"Fn::GetAtt": ["LedgerTable", "StreamArn"]}
    assert source["StartingPosition"] == "TRIM_HORIZON"
    assert (source["MaximumRetryAttempts"], source["MaximumRecordAgeInSeconds"]) == (-1, -1)
    assert source["BisectBatchOnFunctionError"] is False
    assert "DestinationConfig" not in source, "a destination takes a record that was given up on"


def test_the_stream_shows_what_was_there_before_so_that_a_changed_record_is_seen(packed: Packed) -> None:
    tables = packed.of_type("AWS::DynamoDB::Table")
    assert {name: one["StreamSpecification"] for name, one in tables.items() if "StreamSpecification" in one} == {
        "LedgerTable": {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    }


def test_no_table_can_vanish_be_read_raw_or_lose_what_was_written(packed: Packed) -> None:
    tables = packed.of_type("AWS::DynamoDB::Table")
    assert len(tables) == 5
    for name, table in tables.items():
        assert table["DeletionProtectionEnabled"] is True, name
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True, name
        assert table["SSESpecification"]["SSEEnabled"] is True, name
        assert "TimeToLiveSpecification" not in table, name
        assert packed.template["Resources"][name]["DeletionPolicy"] == "Retain", name
    assert tables["PrivateTable"]["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"] == 7


def test_the_index_of_due_times_is_the_one_that_the_store_asks(packed: Packed) -> None:
    (index,) = packed.of_type("AWS::DynamoDB::Table")["StateTable"]["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "due"
    assert [part["AttributeName"] for part in index["KeySchema"]] == ["due_shard", "due_at"]


def test_a_post_cannot_outlive_its_lease(packed: Packed) -> None:
    assert packed.functions["post_replies"]["Timeout"] < Limits().lease.total_seconds()


def test_every_lambda_has_a_share_of_its_own_and_the_account_keeps_a_hundred(packed: Packed) -> None:
    shares = [one["ReservedConcurrentExecutions"] for one in packed.functions.values()]
    assert min(shares) > 0
    assert sum(shares) <= 1000 - 100, "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"


def test_the_endpoint_is_regional_throttled_and_never_traces_bodies(packed: Packed) -> None:
    (api,) = packed.of_type("AWS::Serverless::Api").values()
    assert api["EndpointConfiguration"] == "REGIONAL"
    (method,) = api["MethodSettings"]
    assert method["ThrottlingBurstLimit"] > 0
    assert method["ThrottlingRateLimit"] == {"Ref": "RequestsPerSecond"}
    assert method["DataTraceEnabled"] is False


def test_artefacts_are_locked_versioned_private_and_kept(packed: Packed) -> None:
    (bucket,) = packed.of_type("AWS::S3::Bucket").values()
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]["Mode"] == {"Ref": "LockMode"}
    assert packed.template["Parameters"]["LockMode"]["Default"] == "COMPLIANCE"
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert packed.template["Resources"]["ArtefactsBucket"]["DeletionPolicy"] == "Retain"


@pytest.mark.parametrize(("key", "signer"), [("SealerKey", "sealer"), ("PublisherKey", "Publishers")])
def test_a_signing_key_refuses_everybody_but_its_signer(key: str, signer: str, packed: Packed) -> None:
    document = packed.of_type("AWS::KMS::Key")[key]
    (refusal,) = [one for one in document["KeyPolicy"]["Statement"] if one["Effect"] == "Deny"]
    assert (document["KeySpec"], document["KeyUsage"]) == ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY")
    assert (refusal["Principal"], refusal["Action"]) == ("*", "kms:Sign")
    assert signer in json.dumps(refusal["Condition"]["ArnNotEquals"])


def test_the_name_that_the_sealers_key_waits_for_is_that_of_the_sealers_role(packed: Packed) -> None:
    role = packed.of_type("AWS::IAM::Role")["SealLedgerRole"]["RoleName"]["Fn::Sub"]
    assert role in json.dumps(packed.of_type("AWS::KMS::Key")["SealerKey"]["KeyPolicy"])


def test_every_alarm_tells_somebody(packed: Packed) -> None:
    alarms = packed.of_type("AWS::CloudWatch::Alarm")
    assert {name for name, alarm in alarms.items() if alarm["AlarmActions"] != [{"Ref": "AlarmTopic"}]} == set()
    assert {"DeadLettersAlarm", "MentionsAgeAlarm", "ErrorsAlarm", "StreamLagAlarm", "UnknownOutcomesAlarm"} <= set(alarms)
    assert "UnknownFactsAlarm" in alarms


def test_errors_of_every_lambda_alarm(packed: Packed) -> None:
    alarm = packed.of_type("AWS::CloudWatch::Alarm")["ErrorsAlarm"]
    watched = re.findall(r'"Ref": "(\w+)"', json.dumps(alarm["Metrics"]))
    assert sorted(watched) == sorted(packed.of_type("AWS::Serverless::Function"))


def test_an_alarm_over_a_number_of_ours_names_one_that_is_really_written(packed: Packed) -> None:
    """So that a renamed metric cannot silence an alarm; the dimension is the one that the Lambdas write."""
    ours = [one for one in packed.of_type("AWS::CloudWatch::Alarm").values() if one.get("Namespace") == {"Ref": "AWS::StackName"}]
    assert {one["MetricName"] for one in ours} >= {"UnknownFacts", "UnknownOutcomes", "Rescued"}
    assert {one["MetricName"] for one in ours} <= telemetry.METRICS
    assert {str(one["Dimensions"]) for one in ours} == {str([{"Name": "service", "Value": telemetry.SERVICE}])}
    shown = re.findall(r'"\$\{AWS::StackName\}", "(\w+)", "service", "(\w+)"', json.dumps(packed.template).replace('\\"', '"'))
    assert len(shown) == 3
    assert {name for name, _ in shown} <= telemetry.METRICS


def test_the_stack_says_where_everything_is_as_the_lambdas_are_told(packed: Packed) -> None:
    """What `--stage` reads: an output that is missing or another's would let a person work on the wrong table."""
    outputs = {name: one["Value"] for name, one in packed.template["Outputs"].items()}
    told = {"ACKGUARD_ORIGIN": packed.template["Globals"]["Function"]["Environment"]["Variables"]["ACKGUARD_ORIGIN"]}
    for one in packed.functions.values():
        told |= one["Environment"]["Variables"]
    assert {name: outputs[stage.output_of(name)] for name in (*PLACES, ORIGIN)} == {
        name: told.get(name, {"Ref": "DeadLettersQueue"}) for name in (*PLACES, ORIGIN)
    }
    assert f"engine: {outputs[stage.output_of(ENGINE)]}\n" in packed.said
    assert stage.DOOR in outputs


def test_no_queue_takes_less_than_the_adapter_sends(packed: Packed) -> None:
    queues = packed.of_type("AWS::SQS::Queue")
    assert {name: one["MaximumMessageSize"] for name, one in queues.items()} == dict.fromkeys(queues, 1024 * 1024)


def test_the_dashboard_can_be_read(packed: Packed) -> None:
    (dashboard,) = packed.of_type("AWS::CloudWatch::Dashboard").values()
    assert json.loads(dashboard["DashboardBody"]["Fn::Sub"])["widgets"]


@pytest.mark.parametrize("name", sorted(PORTS))
def test_each_lambda_is_told_what_its_ports_need_and_nothing_else(
    name: str, packed: Packed, monkeypatch: pytest.MonkeyPatch
) -> None:
    common = packed.template["Globals"]["Function"]["Environment"]["Variables"]
    own = packed.functions[name]["Environment"]["Variables"]
    assert set(common) == COMMON
    assert set(own) - SINK_SETTINGS == set(NEEDS[name])
    given = {word: f"given-{word.lower()}" for word in {*common, *own} - SINK_SETTINGS} | {"ACKGUARD_BACKEND": "aws"}

    def built(environment: dict[str, str]) -> None:
        wiring.forget()
        for word in [*given, *SINK_SETTINGS]:
            monkeypatch.delenv(word, raising=False)
        for word, value in environment.items():
            monkeypatch.setenv(word, value)
        getattr(wiring, PORTS[name])()

    monkeypatch.setattr(wiring, "deployed", MagicMock())
    try:
        built(given)
        for word in set(own) - SINK_SETTINGS:
            with pytest.raises(wiring.WrongSettings, match=word):
                built({kept: value for kept, value in given.items() if kept != word})
    finally:
        wiring.forget()


def test_the_readme_says_what_the_lambdas_reserve(packed: Packed) -> None:
    total = sum(one["ReservedConcurrentExecutions"] for one in packed.functions.values())
    assert f"reserve {total} of them" in (ROOT / "infra/README.md").read_text()


def test_the_readme_explains_every_alarm_and_names_every_output_that_it_uses(packed: Packed) -> None:
    page = (ROOT / "infra/README.md").read_text()
    assert {name for name in packed.of_type("AWS::CloudWatch::Alarm") if f"`{name}`" not in page} == set()
    asked = set(re.findall(r"OutputKey=='(\w+)'", page)) | {"WebhookUrl"}
    assert asked <= set(packed.template["Outputs"])
    first, *later = re.findall(r"--parameter-overrides(.*?)\n(?:aws|ackguard)", page, re.DOTALL)
    given = set(re.findall(r"(\w+)=", first))
    assert set(re.findall(r"(\w+)=", " ".join(later))) <= set(packed.template["Parameters"])
    required = {name for name, one in packed.template["Parameters"].items() if "Default" not in one}
    assert required <= given
