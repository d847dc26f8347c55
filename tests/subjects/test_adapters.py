"""Attention is read off ours, Hugging Face's, timm's and torch's networks, as they compute it."""

import pytest
import torch
from torch import nn

from priorscope.core.signature import Signature
from priorscope.measures.attention_distance import AttentionDistance
from priorscope.measures.probes import PROBES
from priorscope.models.mlp import MLP
from priorscope.models.vit import Vit
from priorscope.nn.foreign import ChannelsFirstNetwork, TokenNetwork
from priorscope.subjects import AttentionMaps
from priorscope.subjects.adapters import subject
from priorscope.targets.classes import Classes

TARGET = Classes(num_classes=3)
TOKENS = Signature(input_shape=(7,), target=TARGET, vocabulary=30)
IMAGE = Signature(input_shape=(8, 12, 1), target=TARGET)
SERIES = Signature(input_shape=(6, 8), target=TARGET)


def attention(network, inputs, signature):
    one = subject(network.eval(), inputs, signature)
    assert one.attention is not None
    return one, one.attention(inputs)


def test_a_network_without_attention_has_none():
    assert subject(MLP().build(SERIES), torch.randn(2, 6, 8), SERIES).attention is None


def test_ours_says_where_its_tokens_are():
    network = Vit(pooling="class", patch=4, depth=2).build(IMAGE)
    _, maps = attention(network, torch.randn(2, 8, 12, 1), IMAGE)
    assert (maps.grid, maps.leading, maps.valid) == ((2, 3), 1, None)
    assert [block.shape for block in maps.blocks] == [(2, 4, 7, 7)] * 2


@pytest.mark.parametrize("written", ["sdpa", "eager"])
def test_a_text_model_of_hugging_face_whatever_kernel_it_was_loaded_with(written):
    transformers = pytest.importorskip("transformers")
    config = transformers.BertConfig(
        vocab_size=30, hidden_size=16, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=32, num_labels=3, attn_implementation=written,
    )  # fmt: skip
    model = transformers.BertForSequenceClassification(config)
    ids = torch.randint(1, 30, (5, 7), generator=torch.Generator().manual_seed(0))
    ids[0, 4:] = 0
    network = TokenNetwork(model)
    before = network.eval()(ids)
    one, maps = attention(network, ids, TOKENS)
    assert model.config._attn_implementation == written  # as it was
    torch.testing.assert_close(network(ids), before)
    assert maps.grid == (1, 7)
    assert maps.valid is not None
    assert torch.equal(maps.valid, ids != 0)
    model.set_attn_implementation("eager")
    expected = model(ids, attention_mask=(ids != 0).long(), output_attentions=True).attentions
    for block, theirs in zip(maps.blocks, expected, strict=True):
        torch.testing.assert_close(block, theirs)
    assert AttentionDistance().measure(one).keys() == {"block 1", "block 2"}


def test_an_image_model_of_hugging_face_has_a_class_token_before_its_grid():
    transformers = pytest.importorskip("transformers")
    config = transformers.ViTConfig(
        image_size=[8, 12], patch_size=4, num_channels=1, hidden_size=16, num_hidden_layers=2,
        num_attention_heads=4, intermediate_size=32, num_labels=3,
    )  # fmt: skip
    network = ChannelsFirstNetwork(transformers.ViTForImageClassification(config))
    one, maps = attention(network, torch.randn(2, 8, 12, 1), IMAGE)
    assert (maps.grid, maps.leading) == ((2, 3), 1)
    assert AttentionDistance().measure(one).keys() == {"block 1"}  # of the last, the class alone


class TimmAttention(nn.Module):
    """The attributes of timm's attention that matter here."""

    def __init__(self):
        super().__init__()
        self.fused_attn, self.attn_drop = True, nn.Dropout(0.0)

    def forward(self, x):
        weights = (x @ x.mT).softmax(-1)[:, None]
        if self.fused_attn:
            return (weights @ x[:, None])[:, 0]
        return (self.attn_drop(weights) @ x[:, None])[:, 0]


class TimmVit(nn.Module):
    """The attributes of timm's vision transformer that matter here; no class token."""

    num_prefix_tokens = 0

    def __init__(self):
        super().__init__()
        self.patch_embed = nn.Conv2d(1, 5, 4, stride=4)
        self.patch_embed.grid_size = (2, 3)
        self.blocks = nn.ModuleList([TimmAttention(), TimmAttention()])
        self.head = nn.Linear(5, 3)

    def forward(self, images):
        x = self.patch_embed(images).flatten(2).mT
        for block in self.blocks:
            x = x + block(x)
        return self.head(x.mean(1))


def test_a_vision_transformer_built_as_timms():
    model = TimmVit()
    x = torch.randn(4, 8, 12, 1)
    one, maps = attention(ChannelsFirstNetwork(model), x, IMAGE)
    tokens = model.patch_embed(x.movedim(-1, 1)).flatten(2).mT
    torch.testing.assert_close(maps.blocks[0][:, 0], (tokens @ tokens.mT).softmax(-1).detach())
    assert (maps.grid, maps.leading, len(maps.blocks)) == ((2, 3), 0, 2)
    assert all(block.fused_attn for block in model.blocks)  # as it was
    assert not model.blocks[0].attn_drop._forward_pre_hooks
    assert AttentionDistance().measure(one).keys() == {"block 1", "block 2"}


class Sentence(nn.Module):
    """torch's own encoder on a series."""

    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, dropout=0.0)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        return self.head(self.encoder(x).mean(1))


def test_any_module_with_torchs_multi_head_attention():
    network, x = Sentence(), torch.randn(4, 6, 8)
    before = network.eval()(x)
    one, maps = attention(network, x, SERIES)
    layer = network.encoder.layers[0].self_attn
    _, expected = layer(x, x, x, need_weights=True, average_attn_weights=False)
    assert len(maps.blocks) == 2
    torch.testing.assert_close(maps.blocks[0], expected.detach())
    torch.testing.assert_close(network(x), before)
    assert torch.backends.mha.get_fastpath_enabled()
    assert AttentionDistance().measure(one).keys() == {"block 1", "block 2"}


def test_no_attention_where_some_was_to_be_read_is_an_error():
    with pytest.raises(ValueError, match="gave no attention weights; a fused kernel"):
        AttentionMaps((), (1, 4))
    with pytest.raises(ValueError, match="gave no attention weights"):
        AttentionMaps((torch.zeros(0, 2, 4, 4),), (1, 4))
    with pytest.raises(ValueError, match="5 x 5 attention weights for 4 tokens"):
        AttentionMaps((torch.zeros(1, 2, 5, 5),), (1, 4))
    with pytest.raises(ValueError, match="4 x 3 attention weights for 4 tokens"):
        AttentionMaps((torch.zeros(1, 2, 4, 3),), (1, 4))


def hugging_face(kind):
    transformers = pytest.importorskip("transformers")
    windows = {"image_size": 16, "patch_size": 2, "embed_dim": 8, "depths": [1, 1]}
    pyramid = {"num_encoder_blocks": 2, "depths": [1, 1], "sr_ratios": [2, 1], "num_labels": 3}
    pyramid |= {"hidden_sizes": [8, 16], "patch_sizes": [3, 3], "strides": [2, 2]}
    pyramid |= {"num_attention_heads": [1, 2], "mlp_ratios": [2, 2], "decoder_hidden_size": 16}
    options = {
        "ResNet": {"embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1]},
        "Swin": {**windows, "num_heads": [1, 2], "window_size": 4},
        "Segformer": pyramid,
    }[kind]
    config = getattr(transformers, f"{kind}Config")(**options)
    return ChannelsFirstNetwork(getattr(transformers, f"{kind}ForImageClassification")(config))


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("ResNet", "the network has no attention that can be read"),
        ("Swin", "as networks with windows have"),
        ("Segformer", "no single grid of patches"),
    ],
)
def test_where_attention_cant_be_laid_out_the_other_measures_go_on(kind, reason):
    network = hugging_face(kind)
    x = torch.randn(8, 16, 16, 3)
    (reading,) = PROBES["attention"]().alone(network, x).readings
    assert reading.value is None
    assert reason in reading.reason
    for name, quantity in (("exact-symmetry", "shift by 1"), ("locality", "gradient spread")):
        value = PROBES[name]().alone(network, x).value(quantity)
        assert value is not None
        assert value.center > 0
