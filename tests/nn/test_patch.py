import pytest
import torch
from torch import nn

from priorscope.nn.patch import (
    ClassToken,
    Patches,
    check_divides,
    choose_patch,
    mask_with_class,
    patch_mask,
)


@pytest.mark.parametrize("patch", [(2, 2), (3, 2), (6, 8), (1, 4)])
def test_patches_are_a_convolution_whose_stride_is_its_kernel(patch):
    patches = Patches(patch, 3, 7).double()
    convolution = nn.Conv2d(3, 7, patch, stride=patch, dtype=torch.float64)
    weight = patches.project.weight.unflatten(1, (*patch, 3)).permute(0, 3, 1, 2)
    convolution.load_state_dict({"weight": weight, "bias": patches.project.bias})
    images = torch.randn(2, 6, 8, 3, dtype=torch.float64)
    expected = convolution(images.movedim(-1, 1)).flatten(2).mT
    torch.testing.assert_close(patches(images), expected, atol=1e-12, rtol=0)


def test_the_class_token_stands_first():
    token, x = ClassToken(4), torch.randn(3, 5, 4)
    out = token(x)
    assert torch.equal(out[:, 1:], x)
    assert torch.equal(out[:, 0], token.token.expand(3, 4))


def test_presence_follows_the_tokens():
    present = torch.tensor([[True, True, True, False, False, False], [False] * 6])
    joined = patch_mask(present, 2)
    assert joined.tolist() == [[True, True, False], [False] * 3]
    assert mask_with_class(joined)[:, 0].tolist() == [True, True]
    assert torch.equal(mask_with_class(joined)[:, 1:], joined)


@pytest.mark.parametrize(
    ("side", "expected"), [(1, 1), (3, 1), (6, 2), (8, 2), (28, 4), (32, 4), (64, 8), (29, 1)]
)
def test_chosen_patches_divide_and_leave_three_to_eight(side, expected):
    patch = choose_patch(side, 8)
    assert patch == expected
    assert side % patch == 0


def test_a_patch_must_divide():
    with pytest.raises(ValueError, match=r"28 is not a multiple of 5; take one of \[1, 2, 4, 7"):
        check_divides((28, 28), (4, 5))
    with pytest.raises(ValueError, match="must divide"):
        Patches((4, 4), 1, 8)(torch.zeros(1, 8, 6, 1))
