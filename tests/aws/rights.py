"""Which rights a call asks for, and which ones a policy file grants: (action, place), places named as the template does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

Right = tuple[str, str]
IAM = Path(__file__).resolve().parents[2] / "infra" / "iam"

_TRANSACTED = {"Put": "PutItem", "Update": "UpdateItem", "ConditionCheck": "ConditionCheckItem", "Delete": "DeleteItem"}
_SECRETS = {"webhook": "WebhookSecrets", "posting": "PostingSecrets", "sink": "SinkSecrets", "keeping": "KeepingSecrets"}


def logical(places: Mapping[str, str]) -> dict[str, str]:
    """What the template calls each place, by the place: ``ACKGUARD_TABLE_STATE=x`` makes x ``StateTable``."""
    names = {}
    for setting, place in places.items():
        kind, *rest = setting.removeprefix("ACKGUARD_").split("_")
        names[place] = {"BUCKET": "ArtefactsBucket", "SECRETS": "secrets"}.get(kind, "".join(map(str.title, (*rest, kind))))
    return names


def asked(operation: str, given: Mapping[str, Any], names: Mapping[str, str]) -> set[Right]:
    """What IAM would look for; raises KeyError for an operation that no Lambda of ours makes."""
    match operation:
        case "BatchGetItem":
            return {("dynamodb:BatchGetItem", names[table]) for table in given["RequestItems"]}
        case "TransactWriteItems":
            parts = [(kind, one["TableName"]) for action in given["TransactItems"] for kind, one in action.items()]
            return {(f"dynamodb:{_TRANSACTED[kind]}", names[table]) for kind, table in parts}
        case "PutItem" | "UpdateItem":
            return {(f"dynamodb:{operation}", names[given["TableName"]])}
        case "Query":
            index = f"/index/{given['IndexName']}" if "IndexName" in given else ""
            return {("dynamodb:Query", names[given["TableName"]] + index)}
        case "SendMessage":
            return {("sqs:SendMessage", names[given["QueueUrl"]])}
        case "GetObject" | "PutObject":
            return {(f"s3:{operation}", f"{names[given['Bucket']]}/{given['Key']}")}
        case "Sign" | "GetPublicKey":
            return {(f"kms:{operation}", names[given["KeyId"]])}
        case "GetSecretValue" | "PutSecretValue":
            prefix = next(place for place, name in names.items() if name == "secrets")
            return {(f"secretsmanager:{operation}", _SECRETS[given["SecretId"].removeprefix(prefix).split("/")[0]])}
    raise KeyError(operation)


def granted(name: str, effect: str = "Allow") -> set[Right]:
    """What the file of one Lambda allows, with every condition of the template met; a refusal of some keys alone is left out."""
    found = set()
    for statement in json.loads((IAM / f"{name}.json").read_text())["Statement"]:
        statement = statement.get("Fn::If", [None, statement])[1]
        if statement["Effect"] == effect and not (effect == "Deny" and "Condition" in statement):
            resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            found |= {(action, _place(resource)) for action in statement["Action"] for resource in resources}
    return found


def covers(right: Right, wanted: Right) -> bool:
    """Whether a right that is granted is the one that is wanted; only the names of objects may end in a star."""
    return right[0] == wanted[0] and (right[1] == wanted[1] or (right[1].endswith("/*") and fnmatchcase(wanted[1], right[1])))


def _place(resource: Mapping[str, Any]) -> str:
    ((how, what),) = resource.items()
    if how == "Fn::GetAtt":
        return ".".join(what).removesuffix(".Arn")
    return str(what).replace("${", "").replace(".Arn}", "")


def for_the_platform() -> set[str]:
    """Actions that no call of ours shows: what runs the Lambda asks for them in its name."""
    document = json.loads((IAM.parent / "platform-rights.json").read_text())
    return {action for entry in document for action in entry["actions"]}
