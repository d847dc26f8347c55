import pytest
import torch

from priorscope.bert.model.encoder import BertEncoder
from priorscope.bert.model.shape import BertShape, bert_shape
from priorscope.nn.attention import attention_maps
from priorscope.nn.initial import NEIGHBOURS, PREDECESSORS, start_from_vectors


@pytest.mark.parametrize("size", ["tiny", "mini", "base"])
@pytest.mark.parametrize("tokens", [64, 128])
@pytest.mark.parametrize("causal", [False, True])
def test_each_head_starts_by_attending_to_its_neighbour(size, tokens, causal):
    torch.manual_seed(0)
    shape = bert_shape(size, 200, max_tokens=tokens, depth=1, causal=causal)
    network = BertEncoder(shape).eval()
    network.attend_to_neighbours()
    with torch.no_grad(), attention_maps(network) as maps:
        network(torch.randint(5, 200, (8, tokens)))
    (weights,) = maps.values()
    offsets = PREDECESSORS if causal else NEIGHBOURS
    for head in range(shape.num_heads):
        lags = [k for k in range(-40, 41) if k]
        seen = [weights[:, head, 40:].diagonal(k + 40, dim1=-2, dim2=-1).mean() for k in lags]
        most = max(range(len(lags)), key=lambda i: seen[i])
        assert lags[most] == offsets[head % len(offsets)]
        assert seen[most] > 8 / tokens


def test_a_head_of_odd_width_is_refused():
    shape = BertShape(vocabulary=20, width=9, depth=1, num_heads=3, mlp_width=8, max_tokens=4)
    with pytest.raises(ValueError, match="a head's width is 3"):
        BertEncoder(shape).attend_to_neighbours()


def test_tokens_start_at_their_vectors_but_for_a_rotation():
    torch.manual_seed(0)
    words = torch.nn.Embedding(50, 64)
    torch.nn.init.normal_(words.weight, std=0.02)
    before = words.weight.clone()
    vectors = torch.randn(50, 64) * torch.linspace(0.5, 5, 50)[:, None]
    vectors[7] = 0
    start_from_vectors(words, vectors)
    known = torch.arange(50) != 7
    assert torch.equal(words.weight[7], before[7])
    found, given = (torch.nn.functional.normalize(x[known]) for x in (words.weight, vectors))
    torch.testing.assert_close(found @ found.T, given @ given.T, atol=1e-5, rtol=0)
    torch.testing.assert_close(words.weight[known].norm(dim=1), torch.full((49,), 0.02 * 8))
