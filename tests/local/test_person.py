"""The person who ships is whom the system names, and the ledger gets a name without a mail domain."""

from __future__ import annotations

import pytest

from chalicelib.local.person import here, of_arn


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:iam::123456789012:user/ana", "ana"),
        ("arn:aws:sts::123456789012:assumed-role/publishers/ana@bank.example", "ana"),
        ("arn:aws:sts::123456789012:assumed-role/publishers/Ana Ünal", "Ana--nal"),
        ("arn:aws:sts::123456789012:assumed-role/publishers/" + "x" * 90, "x" * 64),
        ("arn:aws:iam::123456789012:root", "arn-aws-iam--123456789012-root"),
        ("", "unknown"),
    ],
)
def test_an_arn_gives_a_name_for_the_ledger_and_stays_whole_for_telling_people_apart(arn: str, name: str) -> None:
    person = of_arn(arn)
    assert (person.actor.type, person.actor.id, person.full) == ("person", name, arn)


def test_the_environment_has_no_say_in_who_sits_here(monkeypatch: pytest.MonkeyPatch) -> None:
    before = here()
    for name in ("USER", "LOGNAME", "SUDO_USER", "HOME"):
        monkeypatch.setenv(name, "somebody-else")
    assert here() == before
