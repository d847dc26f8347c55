import pytest
import torch
from torch.func import functional_call, stack_module_state

from priorscope.core.signature import Signature
from priorscope.models.bert import Bert
from priorscope.models.transformer import Transformer
from priorscope.nn.attention import attention_maps
from priorscope.targets.classes import Classes

BATCH, TOKENS, CLASSES = 4, 12, 3
SERIES = Signature(input_shape=(TOKENS, 2), target=Classes(num_classes=CLASSES))
SIGNATURES = {
    "vector": Signature(input_shape=(TOKENS,), target=Classes(num_classes=CLASSES)),
    "series": SERIES,
    "padded": Signature(input_shape=(TOKENS, 3), target=Classes(num_classes=CLASSES), padded=True),
    "image": Signature(input_shape=(TOKENS, 8, 2), target=Classes(num_classes=CLASSES)),
    "tokens": Signature(input_shape=(TOKENS,), target=Classes(num_classes=CLASSES), vocabulary=9),
}
VARIANTS = {
    "default": Transformer(width=24),
    "mean of 2": Transformer(width=24, patch=2),
    "published": Transformer(width=24, positions="sinusoidal", norm_first=False),
    "rotary, patches": Transformer(width=24, positions="rotary", patch=4, dropout=0.1),
    "relative, class": Transformer(width=24, positions="relative", pooling="class"),
    "causal": Transformer(width=24, causal=True, patch=2),
}
every_variant = pytest.mark.parametrize("config", VARIANTS.values(), ids=VARIANTS)
every_input = pytest.mark.parametrize("signature", SIGNATURES.values(), ids=SIGNATURES)


def inputs(signature, replicas=1):
    stream = torch.Generator().manual_seed(0)
    shape = (replicas, BATCH, *signature.input_shape)
    if signature.vocabulary is not None:
        ids = torch.randint(1, signature.vocabulary, shape, generator=stream)
        ids[:, 1, 5:] = 0
        return ids
    x = torch.randn(shape, generator=stream)
    if signature.padded:
        x[..., -1] = (torch.arange(TOKENS) < torch.tensor([12, 5, 7, 0])[:, None]).float()
    return x


@every_variant
@every_input
def test_replicas_compute_what_each_computes_alone(config, signature):
    networks = [config.build(signature) for _ in range(3)]
    x = inputs(signature, replicas=3)
    parameters, buffers = stack_module_state(networks)

    def one(p, b, x):
        return functional_call(networks[0], (p, b), (x,))

    together = torch.vmap(one, randomness="different")(parameters, buffers, x)
    alone = torch.stack([network(batch) for network, batch in zip(networks, x, strict=True)])
    assert together.shape == (3, BATCH, CLASSES)
    assert together.isfinite().all()
    # Sums of up to 96 float32 numbers of size one, in another order.
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=0)


@every_variant
@every_input
def test_every_parameter_gets_a_gradient(config, signature):
    network = config.build(signature)
    network(inputs(signature)[0]).square().sum().backward()
    dead = [n for n, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    assert dead == []


@every_variant
def test_padding_changes_nothing(config):
    for kind in ("padded", "tokens"):
        network = config.build(SIGNATURES[kind]).eval()
        x = inputs(SIGNATURES[kind])[0]
        if kind == "padded":
            changed = x.clone()
            # Row 2 has 7 tokens; with patches of up to 4 the eighth is seen as well.
            changed[2, 8:, :-1] += 5
            assert torch.equal(network(x), network(changed))
        else:
            assert network(x)[1].isfinite().all()


@pytest.mark.parametrize("causal", [False, True])
def test_gaps_are_not_seen(causal):
    network = Transformer(width=24, causal=causal).build(SIGNATURES["padded"])
    x = inputs(SIGNATURES["padded"])[0]
    x[..., -1] = (torch.arange(TOKENS) % 3 != 1).float()
    changed = x.clone()
    changed[:, 1::3, :-1] += 5
    assert torch.equal(network(x), network(changed))


def test_without_positions_it_reads_a_set():
    order = torch.randperm(TOKENS, generator=torch.Generator().manual_seed(0))
    x = inputs(SERIES)[0]
    bag = Transformer(width=24, positions="none").build(SERIES)
    torch.testing.assert_close(bag(x), bag(x[:, order]), atol=1e-5, rtol=0)
    ordered = Transformer(width=24).build(SERIES)
    assert (ordered(x) - ordered(x[:, order])).abs().max() > 1e-3


def test_the_reference_has_the_size_that_its_hyperparameters_say():
    signature = Signature(input_shape=(40, 1), target=Classes(num_classes=10))
    network = Transformer(width=32, patch=4).build(signature)
    patches, positions, readout = 4 * 32 + 32, 10 * 32, 32 * 10 + 10
    block = (32 * 96 + 96) + (32 * 32 + 32) + (32 * 128 + 128) + (128 * 32 + 32) + 4 * 32
    expected = patches + positions + 2 * block + 2 * 32 + readout
    assert sum(p.numel() for p in network.parameters()) == expected
    with attention_maps(network) as maps:
        network(torch.zeros(2, 40, 1))
    assert [m.shape for m in maps.values()] == [(2, 4, 10, 10)] * 2


@pytest.mark.parametrize(
    ("signature", "tokens"),
    [
        (Signature(input_shape=(40, 1), target=Classes(num_classes=2)), 10),
        (Signature(input_shape=(16, 1), target=Classes(num_classes=2)), 16),
        (Signature(input_shape=(784,), target=Classes(num_classes=2)), 16),
        (Signature(input_shape=(28, 28, 1), target=Classes(num_classes=2)), 14),
        (Signature(input_shape=(29, 1), target=Classes(num_classes=2)), 29),
        (Signature(input_shape=(60,), target=Classes(num_classes=2), vocabulary=9), 60),
    ],
)
def test_long_inputs_are_joined_but_words_are_not(signature, tokens):
    network = Transformer().build(signature)
    assert network.positions.table.shape[0] == tokens


def test_causal_reads_the_past_alone():
    network = Transformer(width=24, causal=True).build(SERIES)
    with attention_maps(network) as maps:
        network(inputs(SERIES)[0])
    for weights in maps.values():
        assert weights.triu(1).abs().max() == 0


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"12 is not a multiple of 5; take one of \[1, 2, 3, 4"):
        Transformer(patch=5).build(SERIES)
    with pytest.raises(ValueError, match="take pooling='mean'"):
        Transformer(causal=True, pooling="class").build(SERIES)
    with pytest.raises(ValueError, match=r"num_heads must divide width, but 64 % 5 == 4"):
        Transformer(num_heads=5).build(SERIES)


@pytest.mark.parametrize("pooling", ["mean", "class"])
def test_it_learns_which_mark_occurs(pooling):
    torch.manual_seed(0)
    targets = torch.randint(3, (256,))
    x = 0.1 * torch.randn(256, TOKENS, 2)
    marks = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    x[torch.arange(256), torch.randint(TOKENS, (256,))] += marks[targets]
    network = Transformer(width=24, pooling=pooling).build(SERIES)
    optimiser = torch.optim.AdamW(network.parameters(), lr=Transformer.learning_rate)
    for _ in range(60):
        loss = torch.nn.functional.cross_entropy(network(x), targets)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.2  # chance is ln 3 = 1.1


def test_sinusoids_are_about_as_strong_as_the_words_they_are_added_to():
    words = Signature(input_shape=(TOKENS,), target=Classes(num_classes=CLASSES), vocabulary=500)
    of_text = Transformer(width=64, positions="sinusoidal").build(words)
    of_bert = Bert(positions="sinusoidal").build(words).bert.embeddings
    pairs = (
        (of_text.positions.table, of_text.stem.weight),
        (of_bert.positions.table, of_bert.tokens.weight),
    )
    for positions, vectors in pairs:  # sines have a root mean square of 1 / sqrt 2
        ratio = positions.square().mean().sqrt() / vectors.square().mean().sqrt()
        assert ratio.item() == pytest.approx(0.5**0.5, rel=0.05)
