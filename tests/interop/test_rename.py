import torch

from priorscope.interop.rename import NameTable, fuse, separate

TABLE = NameTable({"blocks.{}.norm.": "layer.{}.LayerNorm.", "words": "w", "wordsmith": "s"})


def test_names_go_both_ways_with_their_numbers():
    assert TABLE.to_theirs("blocks.11.norm.weight") == "layer.11.LayerNorm.weight"
    assert TABLE.to_ours("layer.11.LayerNorm.weight") == "blocks.11.norm.weight"
    assert TABLE.to_ours("layer.x.LayerNorm.weight") is None
    assert TABLE.to_theirs("words") == "w"


def test_only_complete_triples_are_fused():
    parts = {
        f"a.qkv.{p}.bias": torch.full((2,), float(i))
        for i, p in enumerate(("query", "key", "value"))
    }
    fused = fuse(parts | {"b.qkv.query.bias": torch.zeros(2)})
    assert fused["a.qkv.bias"].tolist() == [0, 0, 1, 1, 2, 2]
    assert set(fused) == {"a.qkv.bias", "b.qkv.query.bias"}
    back = separate({"a.qkv.bias": fused["a.qkv.bias"]})
    assert all(torch.equal(back[name], parts[name]) for name in parts)
