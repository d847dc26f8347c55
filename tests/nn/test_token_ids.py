import pytest
import torch

from priorscope.nn.token_ids import check_ids


def test_ids_outside_the_vocabulary_are_named():
    with pytest.raises(ValueError, match=r"must lie in \[0, 5\), but they reach from 0 to 5"):
        check_ids(torch.tensor([[0, 5]]), 5)
    with pytest.raises(ValueError, match="from -1 to 2"):
        check_ids(torch.tensor([2, -1]), 5)


def test_known_ids_pass_also_inside_vmap():
    check_ids(torch.tensor([0, 4]), 5)
    check_ids(torch.empty(0, dtype=torch.int64), 5)
    doubled = torch.vmap(lambda ids: (check_ids(ids, 5), ids * 2)[1])(torch.tensor([[1], [9]]))
    assert doubled.tolist() == [[2], [18]]
