"""What only the wire can show: an answer that is lost, a page that ends, a number in another spelling, a lock that holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib.aws import clients
from chalicelib.aws.artefacts import S3Artefacts
from chalicelib.aws.key import KmsSigner
from chalicelib.aws.queues import SqsQueue
from chalicelib.aws.store import DynamoStore
from chalicelib.ports import Absent, Cancelled, Check, Committed, Equals, Key, Put, Unavailable, Update
from tests.aws import places
from tests.aws.deployment import Client

PLACE = Key("state", "p")


@pytest.fixture
def dynamodb(client: Client) -> Any:
    return client("dynamodb")


@pytest.fixture
def tables(dynamodb: Any) -> dict[str, str]:
    return places.tables(dynamodb)


@pytest.fixture
def store(dynamodb: Any, tables: dict[str, str]) -> DynamoStore:
    return DynamoStore(dynamodb, tables)


@contextmanager
def sent(client: Any, answer: Callable[[int, Any], Any] = lambda number, got: got) -> Iterator[list[Any]]:
    """The requests that leave ``client``; ``answer`` sees the number of each (from 1) and what came back."""
    session = client._endpoint.http_session
    requests: list[Any] = []
    whole = session.send

    def send(request: Any) -> Any:
        requests.append(request)
        return answer(len(requests), whole(request))

    session.send = send
    try:
        yield requests
    finally:
        session.send = whole


def first_is_lost(number: int, got: Any) -> Any:
    if number == 1:
        raise ReadTimeoutError(endpoint_url="lost on the way back")
    return got


def test_a_transaction_whose_answer_is_lost_is_applied_once(dynamodb: Any, store: DynamoStore) -> None:
    with sent(dynamodb, first_is_lost) as requests:
        assert store.commit([Update(PLACE, add={"n": 1}), Put(Key("ledger", "r"), {"leaf": "x"}, (Absent(),))]) == Committed()
    assert len(requests) == 2
    assert store.read([PLACE])[PLACE] == {"n": 1}


def test_an_insert_whose_answer_is_lost_is_not_taken_for_somebody_elses(dynamodb: Any, store: DynamoStore) -> None:
    with sent(dynamodb, first_is_lost):
        assert store.commit([Put(PLACE, {"mine": 1}, (Absent(),)), Put(Key("state", "other"), {}, (Absent(),))]) == Committed()


def test_a_write_alone_whose_answer_is_lost_is_nobodys_until_it_is_read(dynamodb: Any, store: DynamoStore) -> None:
    with sent(dynamodb, first_is_lost) as requests, pytest.raises(Unavailable, match="nobody knows"):
        store.commit([Update(PLACE, add={"n": 1})])
    assert len(requests) == 1
    assert store.read([PLACE])[PLACE] == {"n": 1}


def test_every_reason_comes_in_the_order_of_the_writes(store: DynamoStore) -> None:
    writes = [Check(Key("state", str(number)), (Equals("a", 1),) if number % 3 else (Absent(),)) for number in range(100)]
    assert store.commit(writes) == Cancelled(frozenset(number for number in range(100) if number % 3))


def test_a_partition_over_1_mb_comes_in_several_pages_and_whole(dynamodb: Any, store: DynamoStore) -> None:
    for number in range(8):
        store.commit([Put(Key("state", "p", f"{number}"), {"text": "x" * 380_000}, (Absent(),))])
    with sent(dynamodb) as requests:
        assert [key.sort for key, _ in store.partition("state", "p")] == [str(number) for number in range(8)]
    assert len(requests) >= 3


def test_the_due_index_is_asked_for_no_more_than_wanted(dynamodb: Any, store: DynamoStore) -> None:
    with sent(dynamodb) as requests:
        store.read([PLACE])
        assert store.due(1, places.NOW, limit=7) == []
    assert b'"Limit": 7' in requests[-1].body
    assert b'"ConsistentRead": true' in requests[0].body


def test_a_number_in_another_spelling_is_the_same_number(dynamodb: Any, tables: dict[str, str], store: DynamoStore) -> None:
    row = {"partition": {"S": "p"}, "sort": {"S": "-"}, "a": {"N": "1E+3"}, "b": {"N": "7.00"}, "c": {"N": "-0"}}
    dynamodb.put_item(TableName=tables["state"], Item=row)
    assert store.read([PLACE])[PLACE] == {"a": 1000, "b": 7, "c": 0}
    assert store.commit([Check(PLACE, (Equals("a", 1000), Equals("b", 7), Equals("c", 0)))]) == Committed()


def test_what_we_did_not_write_is_not_read_as_something_else(dynamodb: Any, tables: dict[str, str], store: DynamoStore) -> None:
    for strange in ({"N": "1.5"}, {"SS": ["a"]}, {"B": b"x"}):
        dynamodb.put_item(TableName=tables["state"], Item={"partition": {"S": "p"}, "sort": {"S": "-"}, "a": strange})
        with pytest.raises(ValueError, match="not written by us"):
            store.read([PLACE])


def test_a_table_that_is_not_there_is_unavailable_at_once(dynamodb: Any) -> None:
    with sent(dynamodb) as requests, pytest.raises(Unavailable, match="ResourceNotFoundException"):
        DynamoStore(dynamodb, {"state": "nowhere"}).read([PLACE])
    assert len(requests) == 1


def test_a_body_that_xml_has_not_is_refused(client: Client) -> None:
    url, _ = places.queue(client("sqs"))
    with pytest.raises(ValueError, match="ASCII"):
        SqsQueue(client("sqs"), url).send("nul \u0000")


def test_a_checkpoint_can_be_neither_replaced_nor_removed(client: Client) -> None:
    s3 = client("s3")
    bucket = places.bucket(s3)
    artefacts = S3Artefacts(s3, bucket)
    artefacts.put("checkpoint/7", b"signed")
    with pytest.raises(ValueError, match="other bytes"):
        artefacts.put("checkpoint/7", b"forged")
    version = s3.head_object(Bucket=bucket, Key="checkpoint/7")["VersionId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=bucket, Key="checkpoint/7", VersionId=version)
    assert artefacts.get("checkpoint/7") == b"signed"


def test_an_artefact_whose_answer_is_lost_is_stored(client: Client) -> None:
    s3 = client("s3")
    artefacts = S3Artefacts(s3, places.bucket(s3))
    with sent(s3, first_is_lost):
        artefacts.put("bundle/1", b"{}")
    assert artefacts.get("bundle/1") == b"{}"


def test_a_bucket_that_is_not_there_is_unavailable_not_empty(client: Client) -> None:
    with pytest.raises(Unavailable, match="NoSuchBucket"):
        S3Artefacts(client("s3"), places.fresh("nowhere")).get("bundle/1")


def test_a_key_of_another_kind_signs_nothing(client: Client) -> None:
    kms = client("kms")
    signer = KmsSigner(kms, places.signing_key(kms, "ECC_NIST_P256"), "sealer")
    with pytest.raises(ValueError, match="Ed25519"):
        signer.public_key()
    with pytest.raises(Unavailable):
        signer.sign(b"x")


def test_what_is_signed_is_the_content_itself_up_to_4096_bytes(client: Client) -> None:
    kms = client("kms")
    signer = KmsSigner(kms, places.signing_key(kms), "sealer")
    assert len(signer.sign(b"x" * 4096)) == 64
    with pytest.raises(ValueError, match="4096"):
        signer.sign(b"x" * 4097)


def test_the_public_key_is_asked_for_once(client: Client) -> None:
    kms = client("kms")
    signer = KmsSigner(kms, places.signing_key(kms), "sealer")
    with sent(kms) as requests:
        assert signer.public_key() == signer.public_key()
    assert len(requests) == 1


def test_there_is_one_client_for_a_service_and_it_does_not_wait_long_or_try_by_itself(client: Client, ministack: str) -> None:
    for service in ("dynamodb", "kms", "s3", "secretsmanager", "sqs"):
        made = clients.client(service)  # type: ignore[arg-type]
        assert made is clients.client(service)  # type: ignore[arg-type]
        config = made.meta.config
        assert (config.connect_timeout, config.read_timeout) == (clients.CONNECT_S, clients.READ_S)
        assert config.retries["total_max_attempts"] == 1
        assert made.meta.endpoint_url == ministack


def test_the_emulator_listens_on_this_machine_only(ministack: str) -> None:
    port = int(ministack.rpartition(":")[2])
    heard = [line.split()[1:4] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = {local for local, _, state in heard if state == "0A" and local.endswith(f":{port:04X}")}
    assert listening == {f"0100007F:{port:04X}"}


def test_no_adapter_holds_an_address_of_its_own() -> None:
    room = Path(clients.__file__).parent
    assert not [file.name for file in room.glob("*.py") if re.search(r"https?://|amazonaws|endpoint_url", file.read_text())]
