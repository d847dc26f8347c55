"""What belongs to one of several networks that are trained together."""

import dataclasses

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from priorscope.core.precision import sent
from priorscope.core.seeds import torch_stream
from priorscope.core.signature import Signature
from priorscope.train.augment import augment
from priorscope.train.inputs import Reader, epochs_of_batches
from priorscope.train.plans import make_plan
from priorscope.train.prefix import Prefix, SplitPrefix, TrainingResult
from priorscope.train.recipe import Recipe
from priorscope.train.trainee import Trainee

PREPARED_BYTES = 256 * 2**20  # training parts up to this size are standardised once


class TrainingPart:
    """The training part of a prefix, ready to give batches.

    reader: makes stored inputs what the network reads. targets: encoded for the loss.
    """

    def __init__(self, inputs: Tensor, targets: Tensor, reader: Reader):
        self.targets, self.reader = targets, reader
        self.prepared = inputs.numel() * 4 <= PREPARED_BYTES
        self.inputs = reader(inputs) if self.prepared else inputs

    def __len__(self) -> int:
        return len(self.targets)

    def batch(self, indices: Int[Tensor, " batch"]) -> tuple[Tensor, Tensor]:
        """Inputs as the network reads them, and targets."""
        indices = indices.to(self.targets.device)
        x = self.inputs[indices]
        return (x if self.prepared else self.reader(x)), self.targets[indices]


@dataclasses.dataclass(eq=False, kw_only=True)
class Replica(Trainee):
    """One network's data and random streams beside its progress.

    reader: standardises inputs. part: its training part.
    validation_inputs, validation_targets: as the network reads them; as the loss takes them.
    batches: (steps, batch) indices into the training part. noise: augments.
    """

    reader: Reader
    part: TrainingPart
    validation_inputs: Tensor
    validation_targets: Tensor
    batches: Int[Tensor, "steps batch"]
    noise: torch.Generator

    @classmethod
    def of(
        cls, prefix: Prefix, signature: Signature, recipe: Recipe, device: torch.device
    ) -> "Replica":
        """Everything ready for the first step."""
        target = signature.target
        split = SplitPrefix.of(prefix, target)
        reader = Reader(prefix.inputs[split.train], signature, recipe).to(device)
        encoded = target.encode(prefix.targets, split.marginal)
        part = TrainingPart(
            to_tensor(prefix.inputs[split.train], device),
            sent(encoded[split.train], device),
            reader,
        )
        plan = make_plan(recipe, len(part), len(split.validation))
        return cls(
            split=split,
            reader=reader,
            part=part,
            validation_inputs=reader(to_tensor(prefix.inputs[split.validation], device)),
            validation_targets=sent(encoded[split.validation], device),
            batches=epochs_of_batches(
                len(part),
                recipe.batch_size(len(part)),
                plan.planned,
                torch_stream(prefix.seed, "batches"),
            ),
            noise=torch_stream(prefix.seed, "augment"),
            plan=plan,
            result=TrainingResult(planned_steps=plan.planned),
        )

    def batch(self, step: int, augmentations: tuple[str, ...]) -> tuple[Tensor, Tensor]:
        """Inputs, augmented, and targets of one step."""
        x, y = self.part.batch(self.batches[step])
        return (augment(x, augmentations, self.noise) if augmentations else x), y


def to_tensor(array: np.ndarray, device: torch.device) -> Tensor:
    """On the device; stored arrays may be read-only."""
    writable = array if array.flags.writeable else array.copy()  # torch has no read-only tensors
    return sent(torch.from_numpy(np.ascontiguousarray(writable)), device)
