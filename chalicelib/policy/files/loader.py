"""The ``policies/`` tree, as texts, to one checked pack; the format that ops write (in full: ``docs/policy-language.md``).

- ``baseline/policy.yaml`` (``lists:``, ``human:``), ``baseline/lists/<name>.txt``, ``baseline/topics/<industry>.yaml``.
- ``<brand>/brand.yaml``, ``<brand>/policy.yaml`` (``policy:``, ``owner:``, ``lists:``, ``human:``, ``acknowledge:``),
  ``<brand>/lists/<name>.txt``, ``<brand>/tests.yaml``. A brand's list of the same name adds to the baseline's.
- ``<folder>/tests/<list>.txt`` proves the phrases of a list; it is read by the tools, not here.
- ``voices/`` belongs to another room, ``*.md`` to people; any other file is a mistake and said to be one.

YAML is read strictly: strings only, no duplicate keys, anchors, references, tags, merge keys, second documents or tabs.
Every problem is collected, with its place and a remedy. No Lambda imports this module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.domain.account import Brand
from chalicelib.domain.decision import Outcome
from chalicelib.domain.problem import Problem
from chalicelib.policy.conditions.contract import Names
from chalicelib.policy.deciding.checks import CONDITIONS
from chalicelib.policy.deciding.law import BUILT_IN
from chalicelib.policy.files.brand_file import SLUG, read_brand
from chalicelib.policy.files.lists import places, read_inline, read_list
from chalicelib.policy.files.rule_file import read_rules
from chalicelib.policy.files.yaml_nodes import read_yaml, unreadable
from chalicelib.policy.rules import arguments
from chalicelib.policy.rules.node import Map, Node, Place, Text
from chalicelib.policy.rules.rule import Rule

BASELINE = "baseline"
_PATH = re.compile(
    r"([a-z0-9-]+)/(?:(brand|policy|tests)\.yaml|lists/([a-z0-9-]+)\.txt|topics/([a-z0-9-]+)\.yaml|tests/(?:topics/)?[a-z0-9-]+(?:\.rot13)?\.txt)"
)
_ELSEWHERE = re.compile(r"voices/.*|(?:.*/)?[^/]+\.md")


@dataclass(slots=True)
class Pack:
    """Everything the tree says, before it is compiled.

    ``lists`` maps a source (``baseline/legal``, ``telline/outage``, ``topics/bank/card``) to its phrases; ``topics`` maps an
    industry to topic → department; ``rules`` maps ``baseline`` or a brand to its rules. ``places`` says where each
    (folder, rule) and each (source, phrase) is written.
    """

    brands: dict[str, Brand] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    topics: dict[str, dict[str, str]] = field(default_factory=dict)
    last: set[tuple[str, str]] = field(default_factory=set)
    rules: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    places: dict[tuple[str, str], Place] = field(default_factory=dict)

    def list_names(self, *folders: str) -> frozenset[str]:
        """The names of the lists that these folders have."""
        return frozenset(source.split("/", 1)[1] for source in self.lists if source.split("/", 1)[0] in folders)


def load_pack(files: Mapping[str, str]) -> Pack | tuple[Problem, ...]:
    """The checked pack of ``files`` (path under ``policies/`` → text), or every problem in it, by place."""
    loading = _Loading(files)
    loading.everything()
    return tuple(sorted(set(loading.problems))) or loading.pack


class _Loading:
    def __init__(self, files: Mapping[str, str]) -> None:
        self.files, self.pack, self.problems = files, Pack(), list[Problem]()
        self.policies: dict[str, Map] = {}

    def everything(self) -> None:
        found = {path: _PATH.fullmatch(path) for path in sorted(self.files)}
        for path, match in found.items():
            if match is None and not _ELSEWHERE.fullmatch(path):
                remedy = "a folder has brand.yaml, policy.yaml, tests.yaml, lists/<name>.txt; baseline has topics/<industry>.yaml"
                self.problems.append(Problem(path, 1, 1, "nobody reads this file", remedy, "", "GP101"))
        known = [(path, match) for path, match in found.items() if match]
        folders = {match.group(1) for _, match in known}
        for folder in sorted({BASELINE} | folders):
            needed = ("policy",) if folder == BASELINE else ("brand", "policy")
            for name in needed:
                if f"{folder}/{name}.yaml" not in self.files:
                    self.problems.append(
                        Problem(
                            f"{folder}/{name}.yaml", 1, 1, "the file is missing", "write it, or remove the folder", "", "GP506"
                        )
                    )
        for path, match in known:
            if match.group(3):
                self._list_file(path, f"{match.group(1)}/{match.group(3)}")
            elif match.group(4):
                self._topics(path, match.group(1), match.group(4))
        for path, match in known:
            if match.group(2) == "brand":
                self._brand(path, match.group(1))
            elif match.group(2) == "policy":
                self._policy(path, match.group(1))
        for folder in self.policies:
            self._rules(folder)
        self._accounts()
        self._same_rules()

    def _yaml(self, path: str) -> Node | None:
        node, problems = read_yaml(path, self.files[path])
        self.problems += problems
        return node

    def _list_file(self, path: str, source: str) -> None:
        problems = tuple(unreadable(path, self.files[path]))
        phrases, wrong = read_list(path, self.files[path])
        self.problems += problems or wrong
        self._add(source, phrases, places(path, self.files[path]))

    def _add(self, source: str, phrases: tuple[str, ...], written: Mapping[str, Place]) -> None:
        self.pack.lists[source] = tuple(sorted({*self.pack.lists.get(source, ()), *phrases}))
        self.pack.places.update({(source, phrase): place for phrase, place in written.items()})

    def _topics(self, path: str, folder: str, industry: str) -> None:
        if folder != BASELINE:
            self.problems.append(
                Problem(path, 1, 1, "topics stand in the baseline", f"move it to baseline/topics/{industry}.yaml")
            )
            return
        node = self._yaml(path)
        topics = node.get("topics") if isinstance(node, Map) else None
        self.pack.topics[industry] = {}
        if node is None:
            return
        if not isinstance(topics, Map) or not topics.parts:
            self.problems.append(node.place.problem("no topics", "write topics: and under it name: {department: ..., has: |}"))
            return
        must = {"department": "cards", "has": "| and one phrase a line"}
        sample = must | {"last_resort": "yes"}
        for name, body in topics.parts:
            if not isinstance(body, Map) or (wrong := arguments.keys(body, sample, must, f'topic "{name.value}"')):
                self.problems += (
                    wrong if isinstance(body, Map) else [name.place.problem("a topic is a map", "add department and has")]
                )
                continue
            department, has = body.get("department"), body.get("has")
            if not SLUG.fullmatch(name.value) or not isinstance(department, Text) or not isinstance(has, Text):
                self.problems.append(name.place.problem("not a topic", "name: {department: a-name, has: | phrases}"))
                continue
            phrases, problems = read_inline(has)
            self.problems += problems
            last = body.get("last_resort")
            if last is not None and isinstance(said := arguments.yes(last), Problem):
                self.problems.append(said)
                continue
            self.pack.topics[industry][name.value] = department.value
            if last is not None:
                self.pack.last.add((industry, name.value))
            self._add(f"topics/{industry}/{name.value}", phrases, places(path, has.value, has.lines_from or 1))

    def _brand(self, path: str, folder: str) -> None:
        node = self._yaml(path)
        if node is not None:
            brand, problems = read_brand(node, folder, self.pack.topics)
            self.problems += problems
            if brand:
                self.pack.brands[folder] = brand

    def _policy(self, path: str, folder: str) -> None:
        node = self._yaml(path)
        if node is None:
            return
        if not isinstance(node, Map):
            self.problems.append(node.place.problem("a policy is a map", "write policy: ... and human: ..."))
            return
        sample = {"policy": folder, "owner": "care@example.com", "lists": "...", "human": "...", "acknowledge": "..."}
        must = () if folder == BASELINE else ("policy", "owner")
        if folder == BASELINE:
            del sample["acknowledge"]
        self.problems += arguments.keys(node, sample, must, "a policy")
        self.policies[folder] = node
        lists = node.get("lists")
        if lists is not None and not isinstance(lists, Map):
            self.problems.append(lists.place.problem("lists is a map", "write  name: |  and one phrase a line"))
        for name, body in lists.parts if isinstance(lists, Map) else ():
            if not SLUG.fullmatch(name.value) or not isinstance(body, Text):
                self.problems.append(name.place.problem("not a list", "write  name: |  and one phrase a line"))
                continue
            phrases, problems = read_inline(body)
            self.problems += problems
            self._add(f"{folder}/{name.value}", phrases, places(path, body.value, body.lines_from or 1))

    def _rules(self, folder: str) -> None:
        brand = self.pack.brands.get(folder)
        industries = brand.industries if brand else tuple(self.pack.topics)
        topics = frozenset(topic for industry in industries for topic in self.pack.topics.get(industry, ()))
        names = Names(lists=self.pack.list_names(BASELINE, folder), topics=topics)
        rules: list[Rule] = []
        for outcome in (Outcome.HUMAN, Outcome.ACKNOWLEDGE):
            section = self.policies[folder].get(outcome.value)
            if section is not None:
                found, problems = read_rules(section, outcome, names, CONDITIONS)
                rules += found
                named = section.parts if isinstance(section, Map) else ()
                self.pack.places.update({(folder, name.value): name.place for name, _ in named})
                self.problems += problems
        self.pack.rules[folder] = tuple(sorted(rules, key=lambda rule: rule.id))

    def _accounts(self) -> None:
        owners: dict[tuple[str, str], str] = {}
        for folder, brand in sorted(self.pack.brands.items()):
            for account in brand.accounts:
                first = owners.setdefault((account.platform, account.id), folder)
                if first != folder:
                    says = f"account {account.id} on {account.platform} is an account of {first} too"
                    self.problems.append(Problem(f"{folder}/brand.yaml", 1, 1, says, "an account belongs to one brand"))

    def _same_rules(self) -> None:
        for folder, node in self.policies.items():
            others = frozenset(rule.id for rule in self.pack.rules.get(BASELINE, ())) if folder != BASELINE else frozenset()
            seen: dict[str, Text] = {}
            for section in ("human", "acknowledge"):
                body = node.get(section)
                for name, _ in body.parts if isinstance(body, Map) else ():
                    if name.value in seen or name.value in others or name.value in BUILT_IN:
                        where = "built in" if name.value in BUILT_IN else "in the baseline" if name.value in others else "here"
                        says = f'a rule "{name.value}" is {where} already'
                        self.problems.append(
                            name.place.problem(says, "give it another name: both would count, and nobody could tell", "GP204")
                        )
                    seen[name.value] = name
