"""What holds for the house as a whole, over the syntax trees; every check is seen failing on a made-up snippet at the end."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]

# An entry here is a decision: a place of the design that is not built yet, and by what it will be.
ROOMS: dict[str, str | None] = {
    "app.py": None,
    "chalicelib/domain": None,
    "chalicelib/policy/conditions": None,
    "chalicelib/voice/slots": None,
    "chalicelib/platforms": None,
    "chalicelib/audit": None,
    "chalicelib/steps": None,
    "chalicelib/ports.py": None,
    "chalicelib/rows.py": None,
    "chalicelib/aws": None,
    "chalicelib/embedded": None,
    "chalicelib/http_client.py": None,
    "chalicelib/sinks": None,
    "chalicelib/recogniser": None,
    "chalicelib/settings.py": None,
    "chalicelib/registry.py": None,
    "chalicelib/wiring.py": None,
    "chalicelib/cli": None,
    "chalicelib/local": None,
    "policies": None,
    "infra": None,
    "tests/contracts": None,
    "tests/acceptance": None,
    "tests/simulation": None,
    "tests/browser": None,
    "benchmarks": None,
}

MODULE_LINES, FUNCTION_LINES = 300, 60
LONG: dict[str, str] = {}  # "path" or "path:function" → why it may be longer
ONLY_FOR_TESTS = {
    "chalicelib.audit.verify": "what an auditor runs; its command is a later issue",
    "chalicelib.steps.replay": "how the tests prove that a record explains its decision; its command is a later issue",
}
ENTRY_POINTS = {"app", "chalicelib.cli.main", "infra.package"}

PURE = ("domain", "policy", "voice", "platforms", "audit", "sinks", "steps", "ports.py", "rows.py", "registry.py")
OUTSIDE = re.compile(
    r"(datetime|date)\.(now|utcnow|today)$|^time\.|^random\.|^secrets\.|^os\.|^uuid\.uuid[14]$|^logging\.|^urllib\.request"
    r"|^(open|print|input)$|\.(read_text|read_bytes|write_text|write_bytes)$|^importlib\.resources|^socket\."
)

NEVER = r"events?|messages?|block(s|ed)?|den(y|ies|ied)|items?|handlers?|managers?|utils?|helpers?"
# Names that AWS, Chalice, Python or a platform give, and where they may stand.
GIVEN: dict[str, tuple[str, str]] = {
    "event": (r"app\.py|chalicelib/local/|tests/", "what Lambda calls its argument"),
    "Event": (r"chalicelib/local/", "the dictionary that AWS hands a Lambda"),
    "log_message": (r"chalicelib/local/|tests/", "http.server calls this method"),
    "items": (r"tests/", "the hooks of pytest"),
    "item": (r"tests/", "the hooks of pytest"),
    "api_handler": (r"app\.py|chalicelib/local/|tests/", "how Chalice names the HTTP Lambda"),
    "handler_map": (r"chalicelib/local/|tests/", "Chalice's table of Lambdas"),
    "event_sources": (r"chalicelib/local/|tests/", "Chalice's list of triggers"),
    "test_second_message_same_author_no_ack": (r"tests/acceptance/", "the trap's own name, in the research that lists it"),
    "test_agent_authored_event_no_ack": (r"tests/acceptance/", "the trap's own name, in the research that lists it"),
}


@cache
def paths(folder: str = "") -> tuple[str, ...]:
    """Every Python file of ours, or those under one path. What is collected needs no more than this: parsing takes seconds."""
    files = [
        ROOT / "app.py",
        *(file for top in ("chalicelib", "tests", "benchmarks", "infra") for file in (ROOT / top).rglob("*.py")),
    ]
    every = sorted(file.relative_to(ROOT).as_posix() for file in files if file.exists())
    return tuple(path for path in every if path.startswith(folder))


@cache
def sources() -> dict[str, ast.Module]:
    """Path → syntax tree of every Python file of ours."""
    return {path: ast.parse((ROOT / path).read_text()) for path in paths()}


def shipped() -> dict[str, ast.Module]:
    return {path: tree for path, tree in sources().items() if not path.startswith("tests/")}


# --- the checks: a tree or a text in, complaints out ---------------------------------------------------------------------


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports(own: str, tree: ast.Module, known: frozenset[str]) -> set[str]:
    """Modules among ``known`` that ``own`` imports anywhere, with the members of a room that it names (or is: ``__name__``)."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        room = own if isinstance(node, ast.Name) and node.id == "__name__" else getattr(node, "value", None)
        if isinstance(node, (ast.Constant, ast.Name)) and room in known and room != "chalicelib":
            found |= {name for name in known if name == room or name.rpartition(".")[0] == room}
    parents = {".".join(name.split(".")[:n]) for name in found for n in range(1, name.count(".") + 1)}
    return (found | parents) & known


def reachable(start: str, graph: dict[str, set[str]]) -> set[str]:
    seen, ahead = set[str](), [start]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += graph.get(name, ())
    return seen


def import_graph() -> dict[str, set[str]]:
    trees = {module_name(path): tree for path, tree in shipped().items()}
    return {name: imports(name, tree, frozenset(trees)) - {name} for name, tree in trees.items()}


def names_of_ours(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names that this file gives (not those it uses): (name, line)."""
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                yield name, line
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name, line
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.alias(asname=str(name)):
                yield name, line


def split(name: str) -> set[str]:
    """The words of a snake, camel, kebab or dotted name, in lower case."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return {word.lower() for word in re.split(r"[^A-Za-z0-9]+", spaced) if word}


def wrong_words(name: str) -> set[str]:
    return set() if name.startswith("__") else {word for word in split(name) if re.fullmatch(NEVER, word)}


def wrong_names(path: str, tree: ast.Module) -> list[str]:
    def given(name: str) -> bool:
        return name in GIVEN and re.match(GIVEN[name][0], path) is not None

    return [f"{path}:{line} {name}" for name, line in names_of_ours(tree) if wrong_words(name) and not given(name)]


def wrong_cli_words(tree: ast.Module) -> list[str]:
    """Options, and what ``add_parser`` and ``add_argument`` are given as a name."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    spoken = [arg for call in calls if call.func.attr in ("add_parser", "add_argument") for arg in call.args]  # type: ignore[attr-defined]
    texts = [arg.value for arg in spoken if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return [text for text in texts if wrong_words(text)]


def yaml_keys(text: str) -> Iterator[str]:
    ahead = list(yaml.compose_all(text, Loader=yaml.BaseLoader))
    while ahead:
        node = ahead.pop()
        if isinstance(node, yaml.MappingNode):
            yield from (key.value for key, _ in node.value)
            ahead += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            ahead += node.value


def touches_outside(tree: ast.Module) -> list[str]:
    named = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named += [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    named += [f"{node.module}." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    named += [f"{alias.name}." for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return sorted({name for name in named if OUTSIDE.search(name)})


def too_long(path: str, tree: ast.Module, lines: int) -> list[str]:
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    sizes = {f"{path}:{node.name}": (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    over = {name: size for name, size in sizes.items() if size > FUNCTION_LINES}
    return [f"{name} has {size} lines" for name, size in {**over, **({path: lines} if lines > MODULE_LINES else {})}.items()]


def sets_debug(tree: ast.Module) -> bool:
    stores = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)]
    words = [node for node in ast.walk(tree) if isinstance(node, ast.keyword)]
    return any(node.attr == "debug" for node in stores) or any(word.arg == "debug" for word in words)


def unfinished(text: str) -> list[str]:
    return re.findall(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b", text)


# --- the house -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(ROOMS))
def test_every_room_of_the_design_exists_or_is_named_as_later(path: str) -> None:
    assert (ROOT / path).exists() == (ROOMS[path] is None), ROOMS[path] or "missing"


def test_only_local_and_tests_import_app() -> None:
    importers = {name for name, used in import_graph().items() if "app" in used}
    assert not {name for name in importers if not name.startswith("chalicelib.local")}


def test_no_lambda_reaches_cli_or_local() -> None:
    graph = import_graph()
    assert "app" in graph, "app.py is missing"
    assert not {name for name in reachable("app", graph) if name.startswith(("chalicelib.cli", "chalicelib.local"))}


def test_no_lambda_reads_compares_or_proves_policies() -> None:
    above = tuple(f"chalicelib.policy.{room}" for room in ("files", "diff", "proving"))
    graph = import_graph()
    assert set(above) <= set(graph)
    assert not {name for name in reachable("app", graph) if name.startswith(above)}


def test_no_module_is_dead() -> None:
    graph = import_graph()
    used = set().union(*graph.values()) | ENTRY_POINTS
    dead = {name for name in graph if name not in used and not name.startswith("benchmarks")}
    assert dead - set(ONLY_FOR_TESTS) == set()
    assert {name for name in ONLY_FOR_TESTS if name in graph} <= dead, "no longer dead: take it out of the table"


@pytest.mark.parametrize("path", paths())
def test_names_keep_to_our_words(path: str) -> None:
    assert wrong_names(path, sources()[path]) == []
    assert not wrong_words(path) or Path(path).stem in GIVEN


@pytest.mark.parametrize("path", paths("chalicelib/cli"))
def test_cli_words_keep_to_our_words(path: str) -> None:
    assert wrong_cli_words(sources()[path]) == []


def test_keys_and_file_names_that_ops_read_keep_to_our_words() -> None:
    complaints = []
    for folder in ("policies", "chalicelib/local/stream"):
        for file in sorted((ROOT / folder).rglob("*.*")):
            if file.suffix in (".yaml", ".yml"):
                keys = list(yaml_keys(file.read_text()))
            elif file.suffix == ".jsonl":
                keys = [key for line in file.read_text().splitlines() if line.strip() for key in json.loads(line)]
            else:
                keys = []
            complaints += [f"{file.relative_to(ROOT)}: {key}" for key in (*keys, file.stem) if wrong_words(key)]
    assert complaints == []


@pytest.mark.parametrize("path", sorted(path for room in PURE for path in paths(f"chalicelib/{room}")))
def test_pure_rooms_and_steps_touch_no_clock_chance_environment_file_or_screen(path: str) -> None:
    assert touches_outside(sources()[path]) == []


def test_modules_and_functions_are_short_enough_to_hold_in_mind() -> None:
    found = [
        line for path, tree in shipped().items() for line in too_long(path, tree, len((ROOT / path).read_text().splitlines()))
    ]
    assert [line for line in found if line.split(" ")[0] not in LONG] == []
    assert set(LONG) <= {line.split(" ")[0] for line in found}, "no longer long: take it out of the table"


@pytest.mark.parametrize("path", [path for path in paths() if not path.startswith("tests/")])
def test_every_module_says_what_belongs_there(path: str) -> None:
    assert ast.get_docstring(sources()[path])


def test_nothing_is_left_unfinished() -> None:
    texts = [
        ROOT / "Makefile",
        *(f for top in ("policies", "docs", "infra") for f in (ROOT / top).rglob("*") if f.suffix in (".md", ".yaml")),
    ]
    assert [str(file) for file in (*texts, *(ROOT / path for path in sources())) if unfinished(file.read_text())] == []


def test_every_lambda_is_in_the_map_and_debug_is_never_set() -> None:
    blueprints = [
        path for path, tree in shipped().items() if any(isinstance(n, ast.Name) and n.id == "Blueprint" for n in ast.walk(tree))
    ]
    assert blueprints == [], "a Lambda in a blueprint silently loses the middleware of app.py"
    assert [path for path, tree in shipped().items() if sets_debug(tree)] == [], "debug answers strangers with stack traces"


# --- every check fails when it should ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "snippet",
    ["def on_event(): ...", "class MentionManager: ...", "message_id = 1", "self.items_left = 2", "def f(block): ...",
     "import x as helpers", "for item in y: ...", "try: ...\nexcept E as event_error: ...", "class A:\n  denied: int"],
)  # fmt: skip
def test_a_wrong_name_is_found(snippet: str) -> None:
    assert wrong_names("chalicelib/made_up.py", ast.parse(snippet))


@pytest.mark.parametrize(
    "snippet", ["d.items()", "x['event']", "f(message=1)", "from x import handler", "def __getitem__(self): ..."]
)
def test_a_name_that_others_give_may_be_used(snippet: str) -> None:
    assert wrong_names("chalicelib/made_up.py", ast.parse(snippet)) == []


def test_a_wrong_word_for_a_person_is_found() -> None:
    assert wrong_cli_words(ast.parse("p.add_parser('block-user')\np.add_argument('-m', '--message')")) == [
        "block-user",
        "--message",
    ]
    assert [key for key in yaml_keys("a: [{deny-list: {}}]\nblock: event") if wrong_words(key)] == ["block", "deny-list"]


@pytest.mark.parametrize(
    "snippet",
    ["datetime.now(tz)", "datetime.datetime.utcnow()", "time.time()", "random.random()", "os.environ['A']", "open('x')",
     "print(1)", "path.read_text()", "import logging", "import time",
     "from os import environ", "import urllib.request", "uuid.uuid4()"],
)  # fmt: skip
def test_a_touch_of_the_outside_is_found(snippet: str) -> None:
    assert touches_outside(ast.parse(snippet))


def test_the_graph_sees_late_imports_and_rooms_named_in_a_string() -> None:
    known = frozenset({"app", "chalicelib", "chalicelib.cli", "chalicelib.cli.main", "chalicelib.policy", "chalicelib.policy.a"})
    late = imports("app", ast.parse("def f():\n  from chalicelib.cli import main\n  members('chalicelib.policy', 'C')"), known)
    assert late == known - {"app"}
    assert "chalicelib.policy.a" in imports("chalicelib.policy", ast.parse("members(__name__, 'C')"), known)
    assert reachable("app", {"app": {"b"}, "b": {"chalicelib.cli"}}) == {"app", "b", "chalicelib.cli"}


def test_length_debug_and_loose_ends_are_found() -> None:
    long = "def f():\n" + "  x = 1\n" * FUNCTION_LINES
    assert too_long("a.py", ast.parse(long), 301) == ["a.py:f has 61 lines", "a.py has 301 lines"]
    assert sets_debug(ast.parse("app.debug = True"))
    assert sets_debug(ast.parse("Chalice(debug=True)"))
    assert unfinished("# TO" + "DO later")
