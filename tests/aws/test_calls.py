"""What is tried again, for how long, and what a refusal means: told apart without waiting for real."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

from chalicelib.aws.calls import Calls, Pace, Refusal
from chalicelib.aws.store import DynamoStore
from chalicelib.ports import Absent, Cancelled, Check, Committed, Equals, Key, Put, Unavailable, Update
from chalicelib.rows import TABLES

PLACE = Key("state", "mention#x#1#2")
NAMES = {table: table for table in TABLES}


class Time:
    """A clock that moves only by sleeping, and chance that always takes the longest pause."""

    def __init__(self, chance: float = 1.0) -> None:
        self.now, self.slept, self._chance = 0.0, list[float](), chance

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def pace(self, deadline_s: float = 5.0) -> Pace:
        return Pace(deadline_s=deadline_s, clock=lambda: self.now, sleep=self.sleep, chance=lambda: self._chance)


class Scripted:
    """A client whose operations give the answers of a script, the last one for ever; keeps every call."""

    def __init__(self, *answers: Any) -> None:
        self._answers, self.calls = list(answers), list[dict[str, Any]]()

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**parameters: Any) -> Any:
            self.calls.append(parameters)
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def refused(code: str, status: int = 400, reasons: Sequence[str] = ()) -> ClientError:
    response: dict[str, Any] = {"Error": {"Code": code, "Message": "secret"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    if reasons:
        response["CancellationReasons"] = [{"Code": reason, "Message": "secret"} for reason in reasons]
    return ClientError(response, "Operation")


def cancelled(*reasons: str) -> ClientError:
    return refused("TransactionCanceledException", reasons=reasons)


LOST = [refused("InternalServerError", 500), refused("AnythingAtAll", 502), ReadTimeoutError(endpoint_url="http://x")]
"""Answers that leave open whether the call was applied."""

PASSING = [
    refused("ThrottlingException"),
    refused("ProvisionedThroughputExceededException"),
    refused("RequestLimitExceeded"),
    refused("TransactionConflictException"),
    refused("TransactionInProgressException"),
    refused("ConditionalRequestConflict", 409),
    refused("SlowDown", 503),
    *LOST,
    cancelled("None", "TransactionConflict"),
    cancelled("ThrottlingError", "None"),
    cancelled("ConditionalCheckFailed", "TransactionConflict"),
    ConnectTimeoutError(endpoint_url="http://x"),
    EndpointConnectionError(endpoint_url="http://x"),
]


@pytest.mark.parametrize("passing", PASSING, ids=str)
def test_what_may_pass_is_tried_again_until_it_has(passing: Exception) -> None:
    time, client = Time(), Scripted(passing, passing, {"answer": 1})
    assert Calls(client, time.pace())("get_item", Key="k") == {"answer": 1}
    assert client.calls == [{"Key": "k"}] * 3


@pytest.mark.parametrize("passing", PASSING, ids=str)
def test_what_does_not_pass_before_the_deadline_is_unavailable(passing: Exception) -> None:
    time = Time()
    with pytest.raises(Unavailable) as caught:
        Calls(Scripted(passing), time.pace(deadline_s=2.0))("get_item")
    assert 1.5 < time.now <= 2.0
    assert not isinstance(caught.value, Refusal)
    assert "secret" not in str(caught.value)


def test_pauses_double_from_4_ms_to_400_and_are_of_random_length() -> None:
    longest, half = Time(), Time(chance=0.5)
    for time in (longest, half):
        with pytest.raises(Unavailable):
            Calls(Scripted(refused("ThrottlingException")), time.pace())("get_item")
    assert longest.slept[:9] == pytest.approx([0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.4, 0.4])
    assert half.slept[:3] == pytest.approx([0.002, 0.004, 0.008])


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ResourceNotFoundException", "ExpiredTokenException", "KMSInvalidState"]
)
def test_a_definite_no_is_said_at_once_with_its_name_and_without_its_words(code: str) -> None:
    time, client = Time(), Scripted(refused(code))
    with pytest.raises(Refusal, match=f"^get_item: {code}$") as caught:
        Calls(client, time.pace())("get_item")
    assert isinstance(caught.value, Unavailable), "who does not know the code ends as with any silence"
    assert (len(client.calls), time.slept) == (1, [])


def test_without_credentials_nothing_is_tried_again() -> None:
    client = Scripted(NoCredentialsError())
    with pytest.raises(Unavailable, match="NoCredentialsError"):
        Calls(client, Time().pace())("get_item")
    assert len(client.calls) == 1


def test_parameters_that_the_service_has_not_are_our_fault() -> None:
    with pytest.raises(ValueError, match="get_item"):
        Calls(Scripted(ParamValidationError(report="secret")), Time().pace())("get_item")


# --- what the store makes of it ---


def commit(*answers: Any) -> tuple[Committed | Cancelled, Scripted]:
    client = Scripted(*answers)
    store = DynamoStore(client, NAMES, Time().pace())
    writes = [Put(PLACE, {"a": 1}, (Absent(),)), Check(Key("control", "c"), (Absent(),)), Update(Key("state", "n"), add={"n": 1})]
    return store.commit(writes), client


def test_failed_conditions_are_an_answer_in_the_order_of_the_writes() -> None:
    outcome, client = commit(cancelled("ConditionalCheckFailed", "None", "ConditionalCheckFailed"))
    assert outcome == Cancelled(frozenset({0, 2}))
    assert len(client.calls) == 1


def test_a_conflict_beside_a_failed_condition_hides_reasons_so_all_are_asked_for_again() -> None:
    whole = cancelled("ConditionalCheckFailed", "ConditionalCheckFailed", "None")
    outcome, client = commit(cancelled("ConditionalCheckFailed", "TransactionConflict", "None"), whole)
    assert outcome == Cancelled(frozenset({0, 1}))
    assert len(client.calls) == 2


def test_all_attempts_of_one_commit_carry_one_token_and_the_next_commit_another() -> None:
    conflict = cancelled("None", "TransactionConflict", "None")
    _, first = commit(conflict, ReadTimeoutError(endpoint_url="http://x"), {})
    _, second = commit({})
    tokens = [call["ClientRequestToken"] for call in first.calls]
    assert len(tokens) == 3
    assert len({*tokens, second.calls[0]["ClientRequestToken"]}) == 2


def alone(*answers: Any) -> tuple[Committed | Cancelled, Scripted]:
    client = Scripted(*answers)
    return DynamoStore(client, NAMES, Time().pace()).commit([Update(PLACE, {"a": 1}, {"n": 1}, (Equals("v", 1),))]), client


def test_a_write_alone_is_a_conditional_write_and_no_transaction() -> None:
    outcome, client = alone({})
    assert outcome == Committed()
    assert client.calls[0]["ConditionExpression"] == "#0 = :0"
    assert "TransactItems" not in client.calls[0]
    assert alone(refused("ConditionalCheckFailedException"))[0] == Cancelled(frozenset({0}))
    with pytest.raises(ValueError, match="Key"):
        alone(refused("ValidationException"))


@pytest.mark.parametrize("no", [one for one in PASSING if one not in LOST], ids=str)
def test_a_write_alone_that_was_not_applied_is_tried_again(no: Exception) -> None:
    assert len(alone(no, no, {})[1].calls) == 3


@pytest.mark.parametrize("lost", LOST, ids=str)
def test_a_write_alone_whose_answer_was_lost_is_not_tried_again_because_nobody_knows(lost: Exception) -> None:
    client = Scripted(lost, {})
    with pytest.raises(Unavailable, match="nobody knows"):
        DynamoStore(client, NAMES, Time().pace()).commit([Update(PLACE, add={"n": 1})])
    assert len(client.calls) == 1


def test_a_row_that_dynamodb_cannot_take_is_named() -> None:
    with pytest.raises(ValueError, match=r"Key\(table='state', partition='n'"):
        commit(cancelled("None", "None", "ValidationError"))
    with pytest.raises(ValueError, match="Key"):
        commit(refused("ValidationException"))


def test_a_cancellation_that_gives_no_reasons_of_ours_is_no_answer() -> None:
    for reasons in (("ItemCollectionSizeLimitExceeded", "None", "None"), ("ConditionalCheckFailed",)):
        with pytest.raises(Unavailable):
            commit(cancelled(*reasons))


def test_keys_that_were_not_processed_are_asked_for_again_and_no_others() -> None:
    def row(number: int) -> dict[str, Any]:
        return {"partition": {"S": f"p{number}"}, "sort": {"S": "-"}, "n": {"N": str(number)}}

    left = {"state": {"ConsistentRead": True, "Keys": [{"partition": {"S": "p2"}, "sort": {"S": "-"}}]}}
    client = Scripted(
        {"Responses": {"state": [row(1)]}, "UnprocessedKeys": left}, {"Responses": {"state": [row(2)]}, "UnprocessedKeys": {}}
    )
    keys = [Key("state", "p1"), Key("state", "p2")]
    assert DynamoStore(client, NAMES, Time().pace()).read(keys) == {keys[0]: {"n": 1}, keys[1]: {"n": 2}}
    assert client.calls[1] == {"RequestItems": left}


def test_keys_that_stay_unprocessed_are_unavailable_not_absent() -> None:
    left = {"state": {"ConsistentRead": True, "Keys": [{"partition": {"S": "p"}, "sort": {"S": "-"}}]}}
    with pytest.raises(Unavailable, match="unprocessed"):
        DynamoStore(Scripted({"Responses": {}, "UnprocessedKeys": left}), NAMES, Time().pace()).read([Key("state", "p")])


def test_a_lambda_cannot_name_a_table_that_it_was_not_given() -> None:
    client = Scripted({})
    store = DynamoStore(client, {"tree": "t"}, Time().pace())
    for call in (
        lambda: store.read([PLACE]),
        lambda: store.commit([Put(PLACE, {})]),
        lambda: store.partition("ledger", "p"),
    ):
        with pytest.raises(ValueError, match="tree"):
            call()
    assert client.calls == []
