"""Outputs of the members of a population, each for examples of its own."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from priorscope.core.signature import Signature
from priorscope.train.evaluation import by_length, filled, span
from priorscope.train.member_readers import MemberReaders, at_once
from priorscope.train.replica import to_tensor
from priorscope.train.replicas import OneOfMany, Replicas
from priorscope.train.trainee import Resident


class Predictions:
    """What the networks say as they are now; none of it is differentiated.

    Args:
        networks: one row for each member that still trains; `Resident.row` says which.
        readers: how each member reads its examples.
        members: by the index that `readers` knows them by.
    """

    def __init__(self, networks: Replicas, readers: MemberReaders, members: Sequence[Resident]):
        self.networks, self.readers, self.members = networks, readers, members
        self.device = readers.device

    def predictor(self, group: Sequence[Resident]) -> Callable[[Tensor, Tensor], Tensor]:
        """Of (examples, *input_shape) and rows of them, (members, examples): (..., outputs)."""
        reader = self.readers.together([self.members.index(m) for m in group])
        of = torch.tensor([m.row for m in group]).to(self.device)
        examples = at_once(self.readers.signature, len(group))

        @torch.no_grad()
        def predict(source: Tensor, rows: Tensor) -> Tensor:
            outputs = []
            for part in rows.split(examples, dim=1):
                x = reader(source.index_select(0, part.flatten()).unflatten(0, part.shape))
                outputs.append(self.networks.predict(of, x))
            return torch.cat(outputs, dim=1)

        return predict

    def of_rows(
        self, members: Sequence[Resident], source: Tensor, rows: Sequence[Tensor]
    ) -> list[Tensor]:
        """(examples, outputs) of each member for its rows of `source`, of any lengths."""
        self.networks.train(False)
        result: dict[int, Tensor] = {}
        for places in by_length(range(len(members)), lambda place: span(len(rows[place]))):
            predict = self.predictor([members[place] for place in places])
            outputs = predict(source, filled([rows[place] for place in places]).to(self.device))
            for place, own in zip(places, outputs, strict=True):
                result[place] = own[: len(rows[place])]
        return [result[place] for place in range(len(members))]

    def together(
        self, indices: Sequence[int], inputs: Sequence[np.ndarray]
    ) -> tuple[nn.Module, Tensor, Signature]:
        """Several members as one network, its inputs and their signature; see `Subject.replicas`.

        inputs: as many examples for each of them.
        """
        self.networks.train(False)
        reader = self.readers.together(indices)
        x = reader(torch.stack([to_tensor(own, self.device) for own in inputs]))
        rows = torch.tensor([self.members[i].row for i in indices]).to(self.device)
        network = OneOfMany(self.networks, rows, at_once(self.readers.signature, len(indices)))
        return network, x.flatten(0, 1), reader.network_signature

    def alone(self, index: int, inputs: Tensor) -> tuple[nn.Module, Tensor, Signature]:
        """A member's network, `inputs` as it reads them, and their signature."""
        reader = self.readers.alone(index)
        return self.networks.network(index), reader(inputs), reader.network_signature
