"""``ackguard run --backend ministack``: the deployed service while it runs, and what to say where it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chalicelib.cli import screen
from chalicelib.local import emulator
from chalicelib.local.emulated import NotDeployed
from chalicelib.local.emulated_service import STEPS, EmulatedService
from chalicelib.local.packed import MISSING, ROOT, NotPacked, can_pack
from chalicelib.local.policies import POLICIES, WrongPolicies

DATA = ROOT / "build/ministack-run"


@contextmanager
def started(policies: Path | None) -> Iterator[EmulatedService]:
    """The service, deployed and sealed; raises Complaint where a tool is missing or something fails on the way."""
    for there, missing in ((can_pack(), MISSING), (emulator.COMMAND.exists(), emulator.MISSING)):
        if not there:
            raise screen.Complaint(f"{missing}\n`make run BACKEND=ministack` makes both environments", screen.Exit.UNAVAILABLE)
    service = EmulatedService(DATA, policies or POLICIES)
    try:
        with screen.progress("deploying", STEPS) as steps:

            def tell(label: str) -> None:
                steps.say(label)
                steps.advance()

            service.start(tell)
        yield service
    except WrongPolicies as wrong:
        raise screen.Complaint(f"the policies are wrong\n{wrong}") from None
    except (NotPacked, NotDeployed, RuntimeError) as error:
        raise screen.Complaint(f"{error}\nwhat the emulator said is in {DATA}/ministack.log", screen.Exit.UNAVAILABLE) from None
    finally:
        service.stop()
