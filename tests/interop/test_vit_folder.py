import dataclasses

import pytest
import torch

from priorscope.core.json_files import read_json, write_json
from priorscope.vit.folder import load_timm, load_vit, save_vit, to_timm
from priorscope.vit.network import VisionTransformer
from priorscope.vit.shape import VitShape

SHAPE = VitShape(
    image=(8, 12, 2),
    patch=(4, 2),
    width=24,
    depth=2,
    num_heads=3,
    mlp_width=40,
    num_classes=5,
)


@pytest.mark.parametrize(("num_classes", "pooler"), [(5, False), (0, True), (0, False)])
def test_comes_back_bit_for_bit(tmp_path, num_classes, pooler):
    shape = dataclasses.replace(SHAPE, num_classes=num_classes, pooler=pooler)
    network = VisionTransformer(shape)
    save_vit(network, tmp_path)
    back = load_vit(tmp_path)
    assert back.shape == shape
    state = network.state_dict()
    assert back.state_dict().keys() == state.keys()
    assert all(torch.equal(value, state[name]) for name, value in back.state_dict().items())


def test_every_field_is_written_and_read(tmp_path):
    shape = dataclasses.replace(SHAPE, depth=1, dropout=0.25, epsilon=1e-3)
    fixed = {"pooling", "positions", "pooler", "stochastic_depth"}  # the last in training alone
    assert {k for k, v in vars(shape).items() if v == getattr(VitShape(), k)} == fixed
    save_vit(VisionTransformer(shape), tmp_path)
    assert load_vit(tmp_path).shape == shape


def test_timm_names_go_both_ways():
    network, other = VisionTransformer(SHAPE), VisionTransformer(SHAPE)
    tensors = to_timm(network)
    assert tensors["patch_embed.proj.weight"].shape == (24, 2, 4, 2)
    assert tensors["pos_embed"].shape == (1, 13, 24)
    load_timm(other, tensors)
    images = torch.randn(2, 8, 12, 2)
    assert torch.equal(other(images), network(images))
    del tensors["norm.bias"]
    with pytest.raises(ValueError, match=r"missing: encoder\.norm\.bias"):
        load_timm(other, tensors)


@pytest.mark.parametrize("change", [{"pooling": "mean"}, {"positions": "grid"}])
def test_what_theirs_does_not_have_is_refused(tmp_path, change):
    network = VisionTransformer(dataclasses.replace(SHAPE, **change))
    with pytest.raises(ValueError, match="A Hugging Face folder needs"):
        save_vit(network, tmp_path)


def test_grid_positions_have_no_name_in_timm():
    network = VisionTransformer(dataclasses.replace(SHAPE, positions="grid"))
    with pytest.raises(ValueError, match=r"grid_positions\.rows has no counterpart there"):
        to_timm(network)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model_type": "deit"}, "model_type 'vit', but it is 'deit'"),
        ({"qkv_bias": False}, "qkv_bias = True, but it has False"),
        ({"patch_size": 5}, "8 is not a multiple of 5"),
        (
            {"hidden_size": 12},
            r"is \(24,\), but by config.json it is \(12,\)",
        ),
    ],
)
def test_settings_that_do_not_fit_are_refused(tmp_path, change, message):
    save_vit(VisionTransformer(SHAPE), tmp_path)
    write_json(tmp_path / "config.json", read_json(tmp_path / "config.json") | change)
    with pytest.raises(ValueError, match=message):
        load_vit(tmp_path)


def test_transformers_reads_what_is_written_here(tmp_path):
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    transformers.logging.disable_progress_bar()
    network = VisionTransformer(dataclasses.replace(SHAPE, patch=(4, 4))).eval()
    save_vit(network, tmp_path)
    theirs = transformers.ViTForImageClassification.from_pretrained(tmp_path).eval()
    images = torch.randn(2, 8, 12, 2)
    expected = theirs(images.movedim(-1, 1), return_dict=True)["logits"]
    torch.testing.assert_close(network(images), expected, atol=1e-5, rtol=0)
