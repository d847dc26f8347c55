import pytest
import torch

from priorscope.core.signature import Signature
from priorscope.nn.norm import BatchNorm, LayerNorm
from priorscope.nn.readout import masked_mean
from priorscope.nn.stem import BagOfTokens, channel_stem, grid_stem, input_mask, sequence_stem
from priorscope.targets.classes import Classes


def test_bag_of_tokens_counts_presence_not_order():
    bag = BagOfTokens(5)
    x = torch.tensor([[3, 1, 3, 0], [1, 3, 0, 0]])
    half = 0.5**0.5
    wanted = torch.tensor([[0, half, 0, half, 0]] * 2)
    torch.testing.assert_close(bag(x), wanted)


def test_an_empty_text_is_a_vector_of_zeros():
    assert not BagOfTokens(5)(torch.zeros(1, 4, dtype=torch.int32)).any()


def test_rows_of_an_image_are_tokens():
    signature = Signature(input_shape=(2, 3, 2), target=Classes(num_classes=2))
    stem, channels = channel_stem(signature)
    x = torch.arange(12.0).view(1, 2, 3, 2)
    assert channels == 6
    assert torch.equal(stem(x)[0, 1], torch.arange(6.0, 12.0))


def test_token_ids_have_no_channels():
    with pytest.raises(ValueError, match="Token ids have no channels"):
        channel_stem(Signature(input_shape=(4,), target=Classes(num_classes=2), vocabulary=9))


@pytest.mark.parametrize(
    ("shape", "vocabulary", "grid"),
    [((7,), None, (1, 7)), ((7, 2), None, (2, 7)), ((5, 6, 3), None, (3, 5, 6)), ((7,), 9, (4, 7))],
)
def test_grids_put_channels_first(shape, vocabulary, grid):
    signature = Signature(input_shape=shape, target=Classes(num_classes=2), vocabulary=vocabulary)
    stem, size = grid_stem(signature, 4)
    x = torch.ones(2, *shape, dtype=torch.long if vocabulary else torch.float32)
    assert size == grid
    assert stem(x).shape == (2, *grid)


def test_presence_is_true_where_tokens_exist():
    tokens = Signature(input_shape=(3,), target=Classes(num_classes=2), vocabulary=9)
    assert input_mask(tokens, torch.tensor([[4, 0, 0]])).tolist() == [[True, False, False]]
    padded = Signature(input_shape=(2, 2), target=Classes(num_classes=2), padded=True)
    assert input_mask(padded, torch.tensor([[[7.0, 1.0], [7.0, 0.0]]])).tolist() == [[True, False]]
    whole = Signature(input_shape=(2, 2), target=Classes(num_classes=2))
    assert input_mask(whole, torch.ones(1, 2, 2)) is None


def test_padding_is_embedded_as_zeros():
    signature = Signature(input_shape=(3,), target=Classes(num_classes=2), vocabulary=9)
    x = sequence_stem(signature, 4)(torch.tensor([[5, 0, 2]]))
    assert not x[0, 1].any()
    assert x[0, 0].any()


def test_masked_mean_over_what_is_there():
    x = torch.tensor([[[1.0], [3.0], [100.0]]])
    assert masked_mean(x, torch.tensor([[True, True, False]])).item() == 2.0
    assert masked_mean(x, torch.zeros(1, 3, dtype=torch.bool)).item() == 0.0


@pytest.mark.parametrize("shape", [(6, 3), (6, 3, 5), (6, 3, 5, 4)])
def test_batch_norm_equals_that_of_torch(shape):
    peers = {2: torch.nn.BatchNorm1d, 3: torch.nn.BatchNorm1d, 4: torch.nn.BatchNorm2d}
    ours, peer = BatchNorm(3).double(), peers[len(shape)](3).double()
    for _ in range(3):
        x = torch.randn(shape, dtype=torch.float64)
        torch.testing.assert_close(ours(x), peer(x), rtol=0, atol=1e-12)
    torch.testing.assert_close(ours.mean, peer.running_mean, rtol=0, atol=1e-12)
    torch.testing.assert_close(ours.variance, peer.running_var, rtol=0, atol=1e-12)


def test_layer_norm_equals_group_norm_with_one_group():
    ours, peer = LayerNorm(3), torch.nn.GroupNorm(1, 3)
    x = torch.randn(2, 3, 5, 4)
    torch.testing.assert_close(ours(x), peer(x))
