"""The same values give the same outputs as timm's vision transformer; run by `make test-timm`."""

import importlib
import importlib.util
import warnings

import pytest
import torch

from priorscope.core.signature import Signature
from priorscope.models.external import External
from priorscope.targets.classes import Classes
from priorscope.vit.folder import load_timm, to_timm
from priorscope.vit.network import VisionTransformer
from priorscope.vit.shape import VitShape, vit_shape

if importlib.util.find_spec("timm") is None:
    pytest.skip("timm is not installed; `make test-timm` runs this.", allow_module_level=True)

# torchvision without its compiled part registers rules for these two, and finds none declared.
for operator in ("nms", "qnms"):
    schema = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
    torch.library.define(f"torchvision::{operator}", schema)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    timm = importlib.import_module("timm")
    from timm.models.vision_transformer import VisionTransformer as TimmViT


def pair(dtype: torch.dtype) -> tuple[VisionTransformer, torch.nn.Module]:
    shape = VitShape(
        image=(12, 8, 2),
        patch=(4, 4),
        width=24,
        depth=3,
        num_heads=3,
        mlp_width=96,
        num_classes=5,
    )
    torch.manual_seed(0)
    theirs = TimmViT(
        img_size=(12, 8),
        patch_size=4,
        in_chans=2,
        num_classes=5,
        embed_dim=24,
        depth=3,
        num_heads=3,
    )
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    ours = VisionTransformer(shape)
    load_timm(ours, theirs.state_dict())
    return ours.to(dtype).eval(), theirs.to(dtype).eval()


# Three blocks with sums over <= 96 numbers of size one: about 1e3 roundings of 6e-8 or 1e-16 each.
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-10)])
def test_same_outputs_and_gradients(dtype, tolerance):
    ours, theirs = pair(dtype)
    images = torch.randn(3, 12, 8, 2, dtype=dtype, generator=torch.Generator().manual_seed(1))
    mine, other = ours(images), theirs(images.movedim(-1, 1))
    torch.testing.assert_close(mine, other, atol=tolerance, rtol=0)
    mine.square().mean().backward()
    other.square().mean().backward()
    gradients = {name: p.grad for name, p in ours.named_parameters()}
    for name, parameter in theirs.named_parameters():
        if name.endswith("attn.qkv.weight"):
            block = name.split(".")[1]
            mine = gradients[f"encoder.blocks.{block}.attention.qkv.weight"]
            torch.testing.assert_close(mine, parameter.grad, atol=tolerance, rtol=0)
    torch.testing.assert_close(
        gradients["positions.table"], theirs.pos_embed.grad[0], atol=tolerance, rtol=0
    )


def test_state_dict_goes_back_bit_for_bit():
    ours, theirs = pair(torch.float32)
    back = to_timm(ours)
    assert back.keys() == theirs.state_dict().keys()
    assert all(torch.equal(back[k], v) for k, v in theirs.state_dict().items())


@pytest.mark.parametrize("size", ["tiny", "small", "base", "large"])
def test_published_sizes_have_the_same_tensors(size):
    with torch.device("meta"):
        theirs = timm.create_model(f"vit_{size}_patch16_224")
        ours = VisionTransformer(vit_shape(size))
    expected = {name: tensor.shape for name, tensor in theirs.state_dict().items()}
    assert {name: tensor.shape for name, tensor in to_timm(ours).items()} == expected


def test_timm_models_are_learners():
    signature = Signature(input_shape=(32, 32, 3), target=Classes(num_classes=7))
    network = External(source="timm:resnet10t").build(signature)
    assert network(torch.rand(2, 32, 32, 3)).shape == (2, 7)
    vit = External(source="timm:vit_tiny_patch16_224").build(signature)
    assert vit(torch.rand(2, 32, 32, 3)).shape == (2, 7)
