"""How the network is taught: which texts it sees in which order, with slips of the pen and in pairs, and the steps it takes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.judgement import network
from benchmarks.judgement.sources import REASONS, Lesson
from chalicelib.recogniser.encoder import WIDTH
from chalicelib.recogniser.pieces import MOST_PIECES, TooLong

SEED, EPOCHS = 1, 3
WIDTHS = (12, 16, 20, 24, 32, 40, 48, MOST_PIECES)
"""Texts are filled up to one of these; each is compiled once."""

PIECES = 1_536
"""How many pieces one step sees."""

RATE, HEAD_RATE, LOWER, FADING = 1.2e-4, 1e-3, 0.85, 0.01
"""The longest step of the last layer and of the head; each layer below steps so much shorter; the pull towards nought."""

WARM = 0.1
"""The share of all steps until the steps are longest; from there they shorten to nearly nothing."""

SLIPS, MISSING, PAIRS = 0.1, 0.1, 0.1
"""The share of texts with a slip of the pen, of pieces that half of the texts lose, and of pairs beside our own texts."""


@dataclass(frozen=True, slots=True)
class Example:
    """Pieces, the answers wanted (one of each question), and how much they count."""

    pieces: list[int]
    wanted: Any
    weight: float


Cut = Callable[[str], list[int]]
"""From a text to the numbers of its pieces."""


def wanted_of(lesson: Lesson) -> Any:
    """The answers to ``network.QUESTIONS``."""
    wanted = np.zeros(len(network.QUESTIONS), np.float32)
    wanted[0] = not lesson.reasons
    for reason in lesson.reasons:
        wanted[1 + REASONS.index(reason)] = 1
    wanted[1 + len(REASONS) + lesson.severity] = 1
    return wanted


def examples(lessons: Sequence[Lesson], cut: Cut, chance: Any, pairs: float = PAIRS) -> list[Example]:
    """What one epoch shows: every lesson, some with a slip of the pen, and pairs of what people write to brands.

    Two requests in one text are a request; a request beside something for a person is for a person. So length and place say
    nothing. What is only soft (thanks, a fragment) is left out of pairs: beside a request it may be fine.
    """
    found = []
    for lesson in lessons:
        pieces = _slipped(lesson.text, cut, chance) if chance.random() < SLIPS else cut(lesson.text)
        found.append(Example(_some(pieces, chance), wanted_of(lesson), lesson.weight))
    near = [lesson for lesson in lessons if lesson.source in ("own", "ibm")]
    fine = [lesson for lesson in near if not lesson.severity]
    grave = [lesson for lesson in near if lesson.severity > 1]
    for _ in range(int(pairs * len(near))):
        pool = fine if chance.random() < 0.5 else grave
        pair = [fine[chance.randint(len(fine))], pool[chance.randint(len(pool))]]
        joined = Lesson("", pair[1].reasons, "own")
        if chance.random() < 0.5:
            pair.reverse()
        found.append(Example(_some(_joined(cut, *pair), chance), wanted_of(joined), 1.0))
    return found


def _joined(cut: Cut, first: Lesson, second: Lesson) -> list[int]:
    addressed = cut("@a")[1]
    one, other = cut(first.text), cut(second.text)
    return (one[:-1] + [piece for piece in other[1:-1] if piece != addressed])[: MOST_PIECES - 1] + one[-1:]


def _some(pieces: list[int], chance: Any) -> list[int]:
    inside = pieces[1:-1]
    if len(inside) > 4 and chance.random() < 0.5:
        inside = [piece for piece in inside if chance.random() > MISSING]
    return [pieces[0], *inside, pieces[-1]]


def _slipped(text: str, cut: Cut, chance: Any) -> list[int]:
    """The pieces of ``text`` with a slip of the pen, or without it where it would no longer fit."""
    try:
        return cut(_slip(text, chance))
    except TooLong:
        return cut(text)


def _slip(text: str, chance: Any) -> str:
    """One letter of one longer word is left out, doubled, or has changed places with the next."""
    words = text.split(" ")
    long = [place for place, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    if long:
        place = long[chance.randint(len(long))]
        word, at, kind = words[place], chance.randint(1, len(words[place]) - 1), chance.randint(3)
        slipped = (word[at + 1 :], word[at + 1] + word[at] + word[at + 2 :], word[at] + word[at:])[kind]
        words[place] = word[:at] + slipped
    return " ".join(words)


def batches(lengths: Sequence[int], order: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Places of texts of like length, with the width that they are filled up to."""
    for start in range(0, len(order), 1_024):
        by_width: dict[int, list[int]] = {}
        for place in sorted(order[start : start + 1_024], key=lambda one: (lengths[one], one)):
            by_width.setdefault(next(width for width in WIDTHS if lengths[place] <= width), []).append(place)
        for width, places in by_width.items():
            rows = max(8, PIECES // width)
            yield from ((width, places[at : at + rows]) for at in range(0, len(places), rows))


def taught(
    lessons: Sequence[Lesson],
    fixed: dict[str, Any],
    layers: dict[str, Any],
    cut: Cut,
    epochs: int = EPOCHS,
    pairs: float = PAIRS,
) -> Any:
    """The network that has learnt the lessons; always the same from the same lessons on the same machine."""
    chance, key = np.random.RandomState(SEED), jax.random.PRNGKey(SEED)
    head = {"matrix": chance.randn(WIDTH, len(network.QUESTIONS)).astype(np.float32) * 0.05}
    head["bias"] = np.zeros(len(network.QUESTIONS), np.float32)
    net = jax.tree.map(jnp.asarray, {"layers": layers, "head": head})
    first, second = jax.tree.map(jnp.zeros_like, net), jax.tree.map(jnp.zeros_like, net)
    plan = []
    for _ in range(epochs):
        shown = examples(lessons, cut, chance, pairs)
        groups = list(batches([len(one.pieces) for one in shown], list(chance.permutation(len(shown)))))
        chance.shuffle(groups)
        plan += [(width, [shown[place] for place in places]) for width, places in groups]
    step = _step(net)
    for done, (width, group) in enumerate(plan, start=1):
        rows = max(8, PIECES // width)
        state, there = network.laid_out([one.pieces for one in group] + [[]] * (rows - len(group)), width, fixed)
        wanted, weight = np.zeros((rows, len(network.QUESTIONS)), np.float32), np.zeros(rows, np.float32)
        wanted[: len(group)], weight[: len(group)] = [one.wanted for one in group], [one.weight for one in group]
        share = done / len(plan)
        key, mine = jax.random.split(key)
        pace = min(1.0, share / WARM) * max(0.02, 1 - share)
        net, first, second, cost = step(net, first, second, state, there, wanted, weight, mine, float(done), pace)
        if done % 50 == 0:
            print(f"  step {done} of {len(plan)}, cost {float(cost):.2f}", file=sys.stderr, flush=True)
    return jax.tree.map(np.asarray, net)


def _step(net: Any) -> Any:
    """One step of Adam with weight decay (https://arxiv.org/abs/1711.05101), shorter in lower layers."""
    reach = np.array([LOWER ** (network.LAYERS - 1 - layer) * (layer >= network.FROZEN) for layer in range(network.LAYERS)])
    rates = {
        "layers": {
            name: jnp.asarray(RATE * reach.reshape((-1,) + (1,) * (one.ndim - 1)), jnp.float32)
            for name, one in net["layers"].items()
        },
        "head": dict.fromkeys(net["head"], HEAD_RATE),
    }
    fading = {part: {name: 0.0 if "." in name or name == "bias" else FADING for name in one} for part, one in net.items()}

    @jax.jit
    def step(net: Any, first: Any, second: Any, *rest: Any) -> Any:
        *given, done, pace = rest
        cost, slope = jax.value_and_grad(network.cost)(net, *given)
        steepness = jnp.sqrt(sum((one**2).sum() for one in jax.tree.leaves(slope)))
        slope = jax.tree.map(lambda one: one * jnp.minimum(1, 1 / steepness), slope)
        first = jax.tree.map(lambda old, new: 0.9 * old + 0.1 * new, first, slope)
        second = jax.tree.map(lambda old, new: 0.999 * old + 0.001 * new * new, second, slope)

        def moved(old: Any, mean: Any, spread: Any, rate: Any, fade: float) -> Any:
            towards = mean / (1 - 0.9**done) / (jnp.sqrt(spread / (1 - 0.999**done)) + 1e-8)
            return old - pace * rate * (towards + fade * old)

        return jax.tree.map(moved, net, first, second, rates, fading), first, second, cost

    return step


def answers(net: Any, texts: Sequence[str], fixed: dict[str, Any], cut: Cut) -> Any:
    """The sums for every question, a row for each text."""
    pieces = [cut(text) for text in texts]
    found = np.zeros((len(texts), len(network.QUESTIONS)), np.float32)
    asked = jax.jit(network.sums)
    for width, places in batches([len(one) for one in pieces], range(len(texts))):
        rows = max(8, PIECES // width)
        laid = network.laid_out([pieces[place] for place in places] + [[]] * (rows - len(places)), width, fixed)
        found[places] = np.asarray(asked(net, *laid))[: len(places)]
    return found
