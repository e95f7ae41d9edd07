"""The service's clock runs at its factor and never goes back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from chalicelib.embedded.clock import ScaledClock, shown_time
from chalicelib.embedded.memory import START, ManualClock


class Wall:
    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at

    def time(self) -> datetime:
        return datetime.fromtimestamp(self.at, timezone.utc)


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def start(tmp_path: Path, wall: Wall) -> Callable[[int], ScaledClock]:
    return lambda factor: ScaledClock(tmp_path / "clock.json", factor, wall)


def test_it_starts_at_the_wall_and_runs_at_its_factor(start: Callable[[int], ScaledClock], wall: Wall) -> None:
    clock, began = start(60), wall.time()
    assert clock.now() == began
    wall.at += 90
    assert clock.now() == began + timedelta(seconds=5400)
    assert clock.real_seconds(timedelta(seconds=90)) == 1.5


def test_it_does_not_go_back_when_the_wall_does(start: Callable[[int], ScaledClock], wall: Wall) -> None:
    clock = start(1)
    shown = clock.now()
    wall.at -= 3600
    assert clock.now() == shown


@pytest.mark.parametrize("factor", [1, 60])
@pytest.mark.parametrize("lived", [0.0, 0.7, 1.9, 2.0, 100.3])
def test_a_start_after_a_crash_is_not_before_what_was_shown_and_little_after(
    start: Callable[[int], ScaledClock], wall: Wall, factor: int, lived: float
) -> None:
    clock = start(factor)
    clock.now()
    wall.at += lived
    shown = clock.now()
    again = start(factor).now()
    assert shown <= again <= shown + timedelta(seconds=2 * factor + 1)


def test_a_clean_stop_goes_on_where_it_stopped_and_does_not_run_fast_meanwhile(
    start: Callable[[int], ScaledClock], wall: Wall
) -> None:
    clock = start(60)
    wall.at += 60
    shown = clock.now()
    clock.close()
    wall.at += 30
    assert shown <= start(60).now() <= shown + timedelta(milliseconds=1)
    wall.at += 7 * 86400
    assert start(60).now() == wall.time()


def test_another_factor_does_not_go_back_either(start: Callable[[int], ScaledClock], wall: Wall) -> None:
    clock = start(60)
    wall.at += 600
    shown = clock.now()
    assert start(1).now() >= shown


def test_work_takes_no_time_on_a_clock_that_runs_fast(start: Callable[[int], ScaledClock], wall: Wall) -> None:
    clock, began = start(60), wall.time()
    with clock.still():
        wall.at += 5
        with clock.still():
            wall.at += 5
        wall.at += 5
        assert clock.now() == began
    wall.at += 1
    assert clock.now() == began + timedelta(minutes=1)


def test_a_clock_that_runs_with_the_wall_never_stands(start: Callable[[int], ScaledClock], wall: Wall) -> None:
    clock, began = start(1), wall.time()
    with clock.still():
        wall.at += 5
        assert clock.now() == began + timedelta(seconds=5)


def test_it_goes_on_in_every_thread_alike(start: Callable[[int], ScaledClock], wall: Wall) -> None:
    clock = start(60)

    def look(_: int) -> list[datetime]:
        times = []
        for _ in range(50):
            wall.at += 0.001
            times.append(clock.now())
        return times

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(look, range(8)))
    assert all(times == sorted(times) for times in seen)


def test_another_process_reads_the_time_without_moving_it(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    assert shown_time(path) is None
    clock = ScaledClock(path, 60)
    before = clock.now()
    written = path.read_bytes()
    seen = shown_time(path)
    assert seen is not None
    assert before - timedelta(milliseconds=1) <= seen <= clock.now() + timedelta(seconds=1)
    assert path.read_bytes() == written
    clock.close()


@pytest.mark.parametrize("text", ["", "{}", '{"mark": 1}', '{"mark": "2026", "shown": "x"}', "[]"])
def test_a_file_that_is_no_clock_is_refused_with_the_remedy(
    start: Callable[[int], ScaledClock], tmp_path: Path, text: str
) -> None:
    (tmp_path / "clock.json").write_text(text)
    with pytest.raises(ValueError, match="delete it"):
        start(1)


def test_a_clock_runs_forward(start: Callable[[int], ScaledClock]) -> None:
    with pytest.raises(ValueError, match="at least 1x"):
        start(0)
    clock = ManualClock()
    assert clock.advance(timedelta(seconds=1)) == START + timedelta(seconds=1)
    with pytest.raises(ValueError, match="never goes back"):
        clock.set(START)
