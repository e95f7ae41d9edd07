"""The page for the person who deploys is run from its top to its end, on the stage that its own commands have deployed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.domain import keys
from chalicelib.domain.facts import Control
from chalicelib.domain.state import State
from chalicelib.domain.webhook import Secrets
from chalicelib.local.stream.signing import x_headers
from chalicelib.steps.rows import from_row
from tests.deployed.conftest import ACCOUNT, WEBHOOK_SECRET, Stage, agree
from tests.deployed.runbook import PAGE, Runbook, listings, loose
from tests.deployed.test_deployed import QUESTION, is_in, send, wait_for, webhook

ROTATED = "the secret of the webhook, rotated"


def test_every_command_of_the_page_runs_here_or_says_why_it_cannot() -> None:
    page = PAGE.read_text()
    assert [one.body for one in listings(page) if not one.is_marked] == []
    assert loose(page) == []
    assert sum(one.runs for one in listings(page)) >= 15


def test_a_command_without_a_mark_is_found() -> None:
    page = (
        "## A\n<!-- emulator: runs, exit 1: why -->\n```\nx\n```\n```\ny\n```\n<!-- emulator: no -->\n```\nz\n```\n`aws s3 ls`\n"
    )
    found = [(one.section, one.body, one.is_marked, one.code) for one in listings(page)]
    assert found == [("A", "x\n", True, 1), ("A", "y\n", False, 0), ("A", "z\n", False, 0)]
    assert loose(page) == ["aws s3 ls"]


def test_the_doctor_names_what_a_new_stage_lacks(stage: Stage) -> None:
    said = " ".join(stage.said["Look it over"].split())
    assert "no policy is in force" in said
    assert "was never sealed" in said


def test_a_first_policy_takes_two_people(stage: Stage) -> None:
    assert "whoever proposed a policy cannot approve it" in stage.said["alone"]
    assert "in force since now" in stage.said["The first policy"]


def test_an_account_is_in_shadow_before_it_is_live(stage: Stage) -> None:
    assert stage.said["shadow"].strip() == "shadow"
    assert control().mode == "live"


def test_the_doctor_sees_the_limits_of_the_stage_and_asks_its_platform(stage: Stage, runbook: Runbook) -> None:
    assert stage.sandbox is not None
    told = doctor(runbook)
    assert told["policy"]["verdict"] == "fine"
    assert told["rota northwind-bank"]["verdict"] == "fine"
    assert told["limit hold"]["says"] == "1 s (default 90 s)"
    assert told["heard x/@NorthwindHelp"]["says"] == "x confirms webhook, subscription, token"
    stage.sandbox.ill = frozenset({"token-dead"})
    try:
        assert "token-dead" in wrong(runbook)["heard x/@NorthwindHelp"]
    finally:
        stage.sandbox.ill = frozenset()


def test_stop_everything_stops_replies_while_decisions_go_on(stage: Stage, runbook: Runbook) -> None:
    runbook.do("Stop everything")
    assert send(stage, *signed(40, WEBHOOK_SECRET)) == 202
    wait_for(stage, is_in(40, State.RESERVED))
    runbook.run("sleep 3")
    assert is_in(40, State.RESERVED)()
    runbook.do("Stop everything", 1)


def test_a_pause_reaches_the_stage_is_shown_and_is_lifted(stage: Stage, runbook: Runbook) -> None:
    said = runbook.do("Stop everything", 2)
    assert control().paused
    assert "NorthwindHelp" in said
    assert send(stage, *signed(41, WEBHOOK_SECRET)) == 202
    wait_for(stage, is_in(41, State.HUMAN))
    runbook.do("Stop everything", 3)
    assert control().paused == ()


def test_an_earlier_policy_comes_back_by_two_people(stage: Stage, runbook: Runbook) -> None:
    before = pointer()
    runbook.run("echo tribunal >> policies/baseline/lists/legal.txt")
    runbook.run('ackguard policy publish --why "tighter" --stage $STACK', person=stage.person("ana"))
    assert pointer() != before
    agree(runbook, runbook.do("Roll back", person=stage.person("ana")))
    runbook.run("ackguard policy approve HASH --flips N --stage $STACK", person=stage.person("ben"))
    assert pointer() == before


def test_a_webhook_secret_is_rotated_without_a_gap_and_a_leaked_one_is_cut_off(stage: Stage, runbook: Runbook) -> None:
    (runbook.folder / "secret").write_text(ROTATED)
    runbook.do("Rotate")
    five_minutes_later(stage)
    assert [send(stage, *signed(50, secret)) for secret in (WEBHOOK_SECRET, ROTATED)] == [202, 202]
    runbook.do("Rotate", 1)
    five_minutes_later(stage)
    assert [send(stage, *signed(51, secret)) for secret in (WEBHOOK_SECRET, ROTATED)] == [401, 202]
    runbook.do("Rotate", 2)
    wait_for(stage, is_in(51, State.POSTED))


def test_a_table_comes_back_whole_beside_the_old_one(stage: Stage, runbook: Runbook) -> None:
    runbook.do("Restore a table")
    name, dynamodb = wiring.settings().places["ACKGUARD_TABLE_STATE"], stage.client("dynamodb")
    old, new = (dynamodb.scan(TableName=table, Select="COUNT")["Count"] for table in (name, f"{name}-restored"))
    assert old == new > 0


@pytest.mark.usefixtures("stage")  # where there can be none, nothing of the page was run, and why is said once more
def test_the_whole_page_was_run(runbook: Runbook, request: pytest.FixtureRequest) -> None:
    here = [one for one in request.session.items if one.path == request.path]
    if len(here) < len([name for name in globals() if name.startswith("test_")]):
        pytest.skip("only a part of the page was asked for")
    assert [one for one in listings(PAGE.read_text()) if one.runs and one not in runbook.done] == []


def signed(number: int, secret: str) -> tuple[bytes, dict[str, str]]:
    body = webhook(number, QUESTION)
    return body, x_headers(body, Secrets((secret,)))


def control() -> Control:
    place = keys.control("x", ACCOUNT)
    return from_row(Control, wiring.backend().store.read([place])[place])


def pointer() -> str:
    return str(wiring.backend().store.read([keys.pointer()])[keys.pointer()]["sha256"])


def found(runbook: Runbook) -> list[dict[str, Any]]:
    return [json.loads(line) for line in runbook.run("ackguard doctor --json --stage $STACK || true").splitlines()]


def doctor(runbook: Runbook) -> dict[str, dict[str, Any]]:
    return {one["about"]: one for one in found(runbook)}


def wrong(runbook: Runbook) -> dict[str, str]:
    return {one["about"]: one["says"] for one in found(runbook) if one["verdict"] == "wrong"}


def five_minutes_later(stage: Stage) -> None:
    """Every secret that a Lambda keeps is too old by then, as it is for one that has just started."""
    functions, name = stage.client("lambda"), stage.names["APIHandler"]
    memory = functions.get_function_configuration(FunctionName=name)["MemorySize"]
    functions.update_function_configuration(FunctionName=name, MemorySize=memory + 1)
