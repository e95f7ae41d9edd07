"""The documents cannot lie: commands exist and run, links resolve, and nothing that exists goes unmentioned."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import xml.etree.ElementTree
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from chalicelib.registry import members

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(file for room in ("policies", "infra", "benchmarks") for file in (ROOT / room).glob("*.md")),
    ]
)
FENCE = re.compile(r"(<!-- run -->\s*)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def listings(text: str) -> Iterator[tuple[bool, list[tuple[str, str]]]]:
    """Shell listings of a page: (marked to be run, [(command, what it shows)])."""
    for marked, language, body in FENCE.findall(text):
        if language == "console":
            parts = re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]
            yield bool(marked), [(part.split("\n", 1)[0], part.split("\n", 1)[1]) for part in parts]
        elif language == "sh":
            yield bool(marked), [(line, "") for line in body.splitlines() if line and not line.startswith("#")]


def commands_of(text: str) -> set[str]:
    """``make <target>`` and ``ackguard <command>`` as the shell listings and inline code of a page use them."""
    spoken = [command for _, pairs in listings(text) for command, _ in pairs]
    spoken += re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    found = [re.search(r"(?:^|[|;] *|\.venv/bin/)(make|ackguard) +([a-z][a-z-]*)", command) for command in spoken]
    return {f"{match[1]} {match[2]}" for match in found if match}


def slug(heading: str) -> str:
    """The anchor that a heading gets on the usual forges."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def broken_links(page: Path, text: str) -> list[str]:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", text)):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        inside = file.exists() and ROOT in (file, *file.parents)
        anchors = (
            {slug(heading) for heading in re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)} if inside and anchor else {""}
        )
        if not re.match(r"[a-z]+:", target) and not (inside and anchor in anchors):
            broken.append(target)
    return broken


def broken_paths(text: str) -> list[str]:
    """Files of ours that a page names in code and that are not there; ``file::test`` must also define the test."""
    named = re.findall(r"`((?:chalicelib|tests|docs|policies|benchmarks|\.ci)/[^`\s]*|app\.py)`", FENCE.sub("", text))
    broken = []
    for name in (name for name in named if "<" not in name):
        path, _, test = name.partition("::")
        file = ROOT / path
        if not file.exists() or (test and f"def {test}(" not in file.read_text()):
            broken.append(name)
    return broken


def differs(shown: str, said: str) -> bool:
    """Whether a command said something else than the page shows; ``...`` in the page stands for anything."""
    pattern = ".*".join(re.escape(part) for part in shown.strip().split("..."))
    return bool(shown.strip()) and re.fullmatch(pattern, said.strip(), re.DOTALL) is None


def mentioned(text: str) -> set[str]:
    """Every word that stands in code on a page: in backticks or in a fenced block."""
    code = re.findall(r"`([^`\n]+)`", text) + [body for _, _, body in FENCE.findall(text)]
    return {word for part in code for word in re.findall(r"[A-Za-z_][\w-]*", part)}


def run(command: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command, shell=True, cwd=ROOT, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=120, check=False
    )


@cache
def all_mentioned() -> frozenset[str]:
    return frozenset(word for page in PAGES for word in mentioned(page.read_text()))


def lambdas() -> set[str]:
    """Names of the Lambdas of app.py: the HTTP one, and every ``name=`` of a decorator (else the function's name)."""
    tree = ast.parse((ROOT / "app.py").read_text())
    found = {"api_handler"}
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        for decorator in function.decorator_list:
            if isinstance(decorator, ast.Call) and not ast.unparse(decorator.func).endswith((".route", ".middleware")):
                names = [ast.literal_eval(word.value) for word in decorator.keywords if word.arg == "name"]
                found |= set(names or [function.name])
    return found


def fields(path: str) -> set[str]:
    """Annotated names in the classes of a file."""
    classes = [node for node in ast.parse((ROOT / path).read_text()).body if isinstance(node, ast.ClassDef)]
    return {n.target.id for c in classes for n in c.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)}


def settings_of(source: str) -> set[str]:
    """Environment variables that the settings name; one that ends with an underscore is the start of several."""
    texts = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    return {text for text in texts if isinstance(text, str) and re.fullmatch(r"ACKGUARD_[A-Z_]+", text)}


@pytest.mark.parametrize("command", sorted(set().union(*(commands_of(page.read_text()) for page in PAGES))))
def test_every_command_on_a_page_exists(command: str) -> None:
    tool, word = command.split()
    if tool == "make":
        assert re.search(rf"^{word}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    else:
        done = run(f"ackguard {word} --help")
        assert done.returncode == 0, done.stderr.strip().rpartition("\n")[2]
        assert "usage:" in done.stdout


@pytest.mark.parametrize(
    ("command", "shown"),
    [pair for page in PAGES for marked, pairs in listings(page.read_text()) if marked for pair in pairs],
)
def test_every_marked_example_runs_and_says_what_the_page_shows(command: str, shown: str) -> None:
    done = run(command)
    assert done.returncode == 0, done.stderr.strip().rpartition("\n")[2]
    assert not differs(shown, done.stdout), done.stdout


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_resolve_inside_the_project(page: Path) -> None:
    assert broken_links(page, page.read_text()) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_files_and_tests_that_a_page_names_exist(page: Path) -> None:
    assert broken_paths(page.read_text()) == []


@pytest.mark.parametrize("drawing", sorted((ROOT / "docs").rglob("*.svg")), ids=name_of)
def test_drawings_are_well_formed_and_described(drawing: Path) -> None:
    tree = xml.etree.ElementTree.parse(drawing)
    assert {"title", "desc"} <= {node.tag.rpartition("}")[2] for node in tree.iter()}


@pytest.mark.parametrize(
    ("room", "constant"),
    [
        ("chalicelib.platforms", "PLATFORM"),
        ("chalicelib.policy.conditions", "CONDITION"),
        ("chalicelib.voice.slots", "SLOT"),
        ("chalicelib.sinks", "SINK"),
    ],
)
def test_every_member_of_a_room_is_documented(room: str, constant: str) -> None:
    found = set(members(room, constant))
    assert found, f"{room} has no members"
    assert found - all_mentioned() == set()


def test_every_lambda_is_documented_and_no_other() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    table = re.findall(r"^\| `(\w+)`( \(later\))? \| [^|]+ \| `\w+` \|", page, re.MULTILINE)
    assert {name for name, later in table if not later} == lambdas()


def test_every_limit_is_documented() -> None:
    limits = fields("chalicelib/domain/limits.py")
    assert "hold" in limits
    assert limits - all_mentioned() == set()


def test_every_setting_is_documented_and_no_other() -> None:
    settings = settings_of((ROOT / "chalicelib/settings.py").read_text())
    assert settings
    documented = {name for name in all_mentioned() if name.startswith("ACKGUARD_")}
    prefixes = tuple(name for name in settings if name.endswith("_"))
    assert {name for name in settings if not any(word.startswith(name) for word in documented)} == set()
    assert {word for word in documented - settings if not word.startswith(prefixes)} == set()


def test_every_target_of_make_is_explained_by_help() -> None:
    shown = run("make help").stdout
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    assert [target for target in phony[1].split() if f"  {target} " not in shown] == []


def test_these_checks_can_fail() -> None:
    page = (
        "# A b\n```console\n$ make nope\nshown ... here\n```\n<!-- run -->\n```sh\nackguard fly --high\n```\n"
        "[v](Makefile) [w](https://example.com/a) [x](#a-b) [y](no.md) [z](/etc/hosts) `make run`"
    )
    assert commands_of(page) == {"make nope", "ackguard fly", "make run"}
    assert [marked for marked, _ in listings(page)] == [False, True]
    assert broken_links(ROOT / "README.md", page) == ["#a-b", "no.md", "/etc/hosts"]
    assert slug("A *b*: c") == "a-b-c"
    assert broken_paths("`tests/no.py` `tests/test_docs.py::test_no` `tests/<name>.py` `docs`") == [
        "tests/no.py",
        "tests/test_docs.py::test_no",
    ]
    assert differs("shown ... here", "shown there")
    assert not differs("shown ... here", "shown now and here")
    assert mentioned(page) >= {"nope", "run"}
    assert "shown" in mentioned(page)
    assert settings_of("A = ('ACKGUARD_X', 'other')") == {"ACKGUARD_X"}
