"""Sentences for phrases of lists that are not yet proved phrase by phrase under ``policies/baseline/tests``.

Once a list has a file there, the gate asks for a sentence for each of its phrases: then its file here moves there.
"""

from __future__ import annotations

from pathlib import Path

from chalicelib.policy.list_tests import prove, read_sentences
from chalicelib.policy.loader import Pack, load_pack
from chalicelib.policy.phrase_index import Index, compile_index

ROOT = Path(__file__).resolve().parents[2] / "policies"
SENTENCES = {
    f"baseline/tests/{path.name}": path.read_text("utf-8") for path in Path(__file__).parent.glob("list_sentences/*.txt")
}


def test_every_sentence_is_found_where_it_says() -> None:
    pack = load_pack({str(path.relative_to(ROOT)): path.read_text("utf-8") for path in sorted(ROOT.rglob("*")) if path.is_file()})
    assert isinstance(pack, Pack)
    sentences, problems = read_sentences(SENTENCES, pack.lists)
    assert problems == ()
    proved = prove(sentences, Index.load(compile_index(pack.lists)))
    assert proved.problems == ()
    assert len(proved.needed) > 0.9 * proved.tried
