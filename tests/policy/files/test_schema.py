"""The JSON Schemas for editors: made from the code, true of the shipped files, and never more generous than the loader."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.policy.files.loader import load_pack
from chalicelib.policy.files.schema import schemas
from tests.policy.small import FILES

ROOT = Path(__file__).parents[3]
SHIPPED = sorted(path for path in (ROOT / "policies").rglob("*.yaml") if "voices" not in path.parts)
STRUCTURE = ("unknown key", "needs", "is a map", "was expected", "is a list", "is a text", "has when or any_of", "no check here")


class Reader(yaml.SafeLoader):
    """Reads as the YAML 1.2 of editors does: yes and dates are texts."""


Reader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in known if not tag.endswith((":timestamp", ":bool"))]
    for letter, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def kind_of(path: Path) -> str:
    return "topics" if path.parent.name == "topics" else path.stem


def accepts(kind: str, document: Any) -> bool:
    return jsonschema.Draft202012Validator(schemas()[f"{kind}.schema.json"]).is_valid(document)


def test_the_files_under_docs_are_what_the_code_says() -> None:
    for name, schema in schemas().items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert json.loads((ROOT / "docs" / name).read_text()) == schema, "run: ackguard policy schema --out docs"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_shipped_file_names_its_schema_and_keeps_to_it(path: Path) -> None:
    text = path.read_text()
    first = text.split("\n", 1)[0]
    named = path.parent / first.removeprefix("# yaml-language-server: $schema=")
    assert named.resolve() == ROOT / "docs" / f"{kind_of(path)}.schema.json"
    assert accepts(kind_of(path), yaml.load(text, Reader))


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    parts = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    for key, value in parts:
        yield from places(value, (*path, key))


BROKEN = ["nobody-knows", [], {}, ["x"], {"x": "y"}, "", "3", "yes"]


@settings(max_examples=150)
@given(st.data())
def test_what_the_schema_accepts_of_structure_the_loader_accepts(data: st.DataObject) -> None:
    """One value of one file is replaced, dropped or joined by an unknown key. Names that do not exist are the loader's alone."""
    path = data.draw(st.sampled_from(["telline/policy.yaml", "telline/brand.yaml", "baseline/topics/telecom.yaml"]))
    document = yaml.load(FILES[path], Reader)
    spot = data.draw(st.sampled_from([one for one in places(document) if one]))
    changed = copy.deepcopy(document)
    inner = changed
    for key in spot[:-1]:
        inner = inner[key]
    action = data.draw(st.sampled_from(["replace", "drop", "add"]))
    if action == "drop":
        del inner[spot[-1]]
    elif action == "add" and isinstance(inner, dict):
        inner["nobody-knows"] = "x"
    else:
        inner[spot[-1]] = data.draw(st.sampled_from(BROKEN))
    if accepts(kind_of(Path(path)), changed):
        found = load_pack({**FILES, path: yaml.safe_dump(changed, sort_keys=False, default_style='"')})
        told = [one.says for one in found if one.path == path] if isinstance(found, tuple) else []
        assert [says for says in told if any(part in says for part in STRUCTURE)] == []
