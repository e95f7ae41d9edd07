"""Who may do what: one policy per Lambda, no wildcard, an explicit no to changing the ledger."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.domain import keys
from tests.infra.conftest import ROOT, Packed

NAMES = sorted(file.stem for file in (ROOT / "infra/iam").glob("*.json"))
CHANGES = {
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PartiQLDelete",
}
WRITES = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}
PREFIXES = {"${ArtefactsBucket.Arn}/bundle/*", "${ArtefactsBucket.Arn}/checkpoint/*"}
"""Objects are named by what they hold, so a right names how they begin. (The Arn of a LogGroup ends in ``:*``: its streams.)"""


def statements(name: str) -> list[dict[str, Any]]:
    """The statements of one Lambda, those that stand under a condition of the template included."""
    written = json.loads((ROOT / f"infra/iam/{name}.json").read_text())["Statement"]
    return [one["Fn::If"][1] if "Fn::If" in one else one for one in written]


def allowed(name: str) -> set[tuple[str, str]]:
    """(action, resource) pairs; a resource is the text of its reference."""
    return {
        (action, json.dumps(resource))
        for one in statements(name)
        if one["Effect"] == "Allow"
        for action in one["Action"]
        for resource in (one["Resource"] if isinstance(one["Resource"], list) else [one["Resource"]])
    }


def actions(name: str) -> set[str]:
    return {action for action, _ in allowed(name)}


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts(part)]
    return [value]


def test_there_is_one_file_for_each_lambda_and_it_is_what_is_deployed(packed: Packed) -> None:
    roles = packed.of_type("AWS::IAM::Role")
    deployed = {
        name: roles[one["Role"]["Fn::GetAtt"][0]]["Policies"][0]["PolicyDocument"] for name, one in packed.functions.items()
    }
    assert deployed == {name: json.loads((ROOT / f"infra/iam/{name}.json").read_text()) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_no_wildcard_but_the_names_of_objects(name: str) -> None:
    found = [text for one in statements(name) for text in texts([one["Action"], one["Resource"]]) if "*" in text or "?" in text]
    assert set(found) <= PREFIXES


@pytest.mark.parametrize("name", NAMES)
def test_no_lambda_may_change_or_remove_a_record(name: str) -> None:
    ledger = {"Fn::GetAtt": ["LedgerTable", "Arn"]}
    (refusal,) = [one for one in statements(name) if one["Effect"] == "Deny" and one["Resource"] == ledger]
    assert set(refusal["Action"]) == CHANGES
    assert not {action for action, resource in allowed(name) if json.loads(resource) == ledger} & CHANGES


@pytest.mark.parametrize("name", NAMES)
def test_no_lambda_may_write_the_pointer_or_a_proposal(name: str) -> None:
    control = {"Fn::GetAtt": ["ControlTable", "Arn"]}
    writes = {action for action, resource in allowed(name) if json.loads(resource) == control} & WRITES
    refused = [one for one in statements(name) if one["Effect"] == "Deny" and one["Resource"] == control]
    assert len(refused) == bool(writes)
    for one in refused:
        assert writes <= set(one["Action"])
        assert one["Condition"] == {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["policy#*"]}}


def test_publishers_write_the_pointer_and_nothing_else_that_lambdas_read(packed: Packed) -> None:
    (policy,) = packed.of_type("AWS::IAM::ManagedPolicy").values()
    control = {"Fn::GetAtt": ["ControlTable", "Arn"]}
    granted = [one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Allow"]
    (rows,) = [one for one in granted if one["Resource"] == control]
    pointers = sorted({keys.pointer().partition, keys.proposal("").partition, keys.shipped(0).partition})
    assert sorted(rows["Condition"]["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"]) == pointers
    assert rows["Condition"]["Null"] == {"dynamodb:LeadingKeys": "false"}
    signing = [one["Resource"] for one in granted if "kms:Sign" in one["Action"]]
    assert signing == [{"Fn::GetAtt": ["PublisherKey", "Arn"]}]
    tables = [text for one in granted for text in texts(one["Resource"]) if text.endswith("Table")]
    assert set(tables) == {"ControlTable", "LedgerTable", "PrivateTable"}
    assert not {action for one in granted for action in texts(one["Action"]) if "Delete" in action or "Update" in action}


def test_the_sealer_alone_signs_and_with_its_own_key_only() -> None:
    signing = {name: resource for name in NAMES for action, resource in allowed(name) if action == "kms:Sign"}
    assert signing == {"seal_ledger": json.dumps({"Fn::GetAtt": ["SealerKey", "Arn"]})}


@pytest.mark.parametrize(
    ("secrets", "names"),
    [
        ("WebhookSecrets", {"api_handler"}),
        ("PostingSecrets", {"post_replies", "settle_stale", "watch"}),
        ("KeepingSecrets", {"watch"}),
        ("SinkSecrets", {"announce_cases"}),
    ],
)
def test_each_kind_of_secret_is_in_the_hands_that_need_it(secrets: str, names: set[str]) -> None:
    right = ("secretsmanager:GetSecretValue", json.dumps({"Ref": secrets}))
    assert {name for name in NAMES if right in allowed(name)} == names


def test_what_faces_the_internet_reads_no_row_and_no_policy() -> None:
    assert {action.split(":")[0] for action in actions("api_handler")} == {"logs", "sqs", "secretsmanager", "kms"}


def test_what_posts_reads_no_policy_and_what_decides_reads_no_secret() -> None:
    assert not {action for name in ("post_replies", "settle_stale") for action in actions(name) if action.startswith("s3:")}
    assert not {action for name in ("decide_mentions", "rescue") for action in actions(name) if action.startswith("secrets")}


def test_in_the_shadow_week_no_lambda_may_read_a_posting_secret(packed: Packed) -> None:
    assert packed.template["Parameters"]["PostingSecrets"]["Default"] == ""
    for name in ("post_replies", "settle_stale", "watch"):
        written = json.loads((ROOT / f"infra/iam/{name}.json").read_text())["Statement"]
        guarded = [one["Fn::If"] for one in written if "Fn::If" in one]
        assert [one[0] for one in guarded if one[1]["Resource"] == {"Ref": "PostingSecrets"}] == ["HasPostingSecrets"]
        assert all(one[2] == {"Ref": "AWS::NoValue"} for one in guarded)


def test_what_posts_is_renewed_by_the_watch_alone() -> None:
    right = ("secretsmanager:PutSecretValue", json.dumps({"Ref": "PostingSecrets"}))
    assert {name for name in NAMES if right in allowed(name)} == {"watch"}
    assert not [action for name in NAMES for action in actions(name) if action.endswith("PutSecretValue") and name != "watch"]


def test_what_the_platform_asks_for_is_granted_somewhere_and_says_where_it_is_written() -> None:
    listed = json.loads((ROOT / "infra/platform-rights.json").read_text())
    granted = set().union(*(actions(name) for name in NAMES))
    assert {action for one in listed for action in one["actions"]} <= granted
    assert all(one["page"].startswith("https://docs.aws.amazon.com/") and one["why"] for one in listed)


def test_a_lambda_may_read_the_queue_or_stream_that_starts_it_and_no_other(packed: Packed) -> None:
    for name, one in packed.functions.items():
        started_by = [source["Properties"].get("Queue") for source in one.get("Events", {}).values()]
        expected = {f"{found['Fn::Sub'][2:-5]}" for found in started_by if found}
        reads = {json.loads(resource)["Fn::GetAtt"][0] for action, resource in allowed(name) if action == "sqs:ReceiveMessage"}
        assert reads == expected, name
