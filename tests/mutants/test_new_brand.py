"""A brand made by ``ackguard policy new`` passes ``check``: its own tests notice whatever is dropped or loosened in its rules."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from chalicelib.cli.main import main
from chalicelib.cli.tree import files_of
from chalicelib.local.policies import POLICIES
from chalicelib.policy.files.fresh import SAID, Answers, brand_files
from chalicelib.policy.files.loader import Pack, load_pack
from chalicelib.policy.files.tests_file import read_cases
from chalicelib.policy.proving import check
from chalicelib.policy.proving.testing import Report, run_tests

NEW = ["policy", "new", "northline", "--name", "Northline", "--industry", "telecom", "--account", "1010", "--handle", "Northline"]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = tmp_path_factory.mktemp("policies") / "policies"
    shutil.copytree(POLICIES, copied)
    return copied


def test_a_new_brand_meets_its_own_tests_and_every_mutant_of_it_is_noticed(shipped: Path) -> None:
    told = [*NEW, "--owner", "care@northline.example", "--today", "2026-11-22", "--policies", str(shipped)]
    assert main(told) == 0
    files = files_of(shipped)
    pack = load_pack(files)
    assert isinstance(pack, Pack)
    found = check.expected(files, pack)
    assert [str(one) for one in found.problems] == []
    gate = check.gate_of(pack, found, ("northline",))
    assert gate is not None
    ours = list(gate.verdicts())
    assert len(ours) > 10
    assert [one.says for one in ours if not one.killed] == []


def test_a_new_brand_of_every_industry_meets_its_own_tests(shipped: Path) -> None:
    """All in one pack: reading the baseline takes longer than the tests do."""
    files = dict(files_of(shipped))
    pack = load_pack(files)
    assert isinstance(pack, Pack)
    about = {"name": "Northline", "platform": "x", "owner": "a@b.example"}
    for number, industry in enumerate(SAID):
        own = {"id": f"new-{industry}", "industry": industry, "account": f"20{number}", "handle": f"North{number}"}
        files |= brand_files(Answers(**about, **own), list(pack.topics[industry].values()), date(2026, 11, 22))
    told = run_tests(files, lambda case: case.brand.startswith("new-"))
    assert isinstance(told, Report), "\n".join(map(str, told))
    assert [str(one) for one in told.failures] == []
    assert {case.brand for case in read_cases(files)[0]} >= {f"new-{industry}" for industry in SAID}


def test_a_new_brand_is_refused_where_it_would_overwrite_or_cannot_be_read(
    shipped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = ["--owner", "a@b.example", "--policies", str(shipped)]
    assert main([*NEW[:2], "telline", *NEW[3:], *owner]) == 1
    assert main([*NEW[:2], "fresh", *NEW[3:], "--zone", "Nowhere", *owner]) == 1
    assert "no time zone" in capsys.readouterr().out
    assert main([*NEW[:2], "fresh", *NEW[3:], "--hours", 'x"\nhuman: {}', *owner]) == 2
    assert main([*NEW[:2], "fresh", *NEW[3:], "--policies", str(shipped)]) == 2, "nobody can be asked for the owner"
    assert not (shipped / "fresh").exists()
