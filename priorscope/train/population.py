"""Replicas of one learner that share a batch size, on one device: one step is one CUDA graph.

Their sizes, structures, repeats and numbers of steps differ. Examples lie on the device once;
batches are gathered by tables of indices that are sent many steps at a time, and so are
augmentation and learning rates. The host waits for the device at evaluations alone.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from priorscope.core.deadline import Deadline
from priorscope.core.precision import sent, with_float64
from priorscope.core.seeds import global_seed
from priorscope.core.signature import Signature
from priorscope.core.turns import TURNS
from priorscope.train.augment import transform
from priorscope.train.deck import Deck
from priorscope.train.evaluation import ValidationLosses, by_length, span
from priorscope.train.graph import Repeated, graph_pool, side_stream
from priorscope.train.member_readers import PREDICTED_EXAMPLES, MemberReaders
from priorscope.train.optimizers import replica_optimizer
from priorscope.train.plans import make_plan
from priorscope.train.predictions import Predictions
from priorscope.train.prefix import SplitPrefix, TrainingResult
from priorscope.train.recipe import Learner
from priorscope.train.replicas import Replicas, Snapshot
from priorscope.train.tables import StepTables
from priorscope.train.trainee import Resident

FEW = 0.25  # of a group: so few are evaluated by themselves, where that is much work
MANY = 64  # networks from which on
LEFT = 0.75  # that share of them, once no more still train, goes on without the others,
LEFT_OF_FEW = 0.5  # and this share of fewer: a new graph takes as long as many steps of a few


class Population:
    """Networks of one learner, one a prefix, trained together.

    Args:
        learner: the architecture and its recipe.
        signature: what the data feed it, and what is to be predicted.
        splits: what each may use; their training parts give batches of one size.
        deck: the examples of all prefixes; `starts` says where each of them begins.
        device: where to train.
        deadline: `DeadlinePassed` is raised afterwards.
        capture: whether a step may become a CUDA graph.
    """

    def __init__(
        self,
        learner: Learner,
        signature: Signature,
        splits: Sequence[SplitPrefix],
        deck: Deck,
        starts: Sequence[int],
        device: torch.device,
        deadline: Deadline,
        capture: bool = True,
    ):
        self.learner, self.recipe, self.target = learner, learner.recipe, signature.target
        self.signature, self.deck, self.device, self.deadline = signature, deck, device, deadline
        self.batch = self.recipe.batch_size(len(splits[0].train))
        self.members = [
            self._member(split, start, row)
            for row, (split, start) in enumerate(zip(splits, starts, strict=True))
        ]
        self.readers = MemberReaders(self.members, deck.rows, signature, self.recipe, device)
        self.networks = Replicas(self._initial(splits), device, together=True)
        self.predictions = Predictions(self.networks, self.readers, self.members)
        self.optimizer = replica_optimizer(self.recipe, self.networks.parameters)
        self._capture, self.captured = capture, capture and device.type == "cuda"
        self._evaluations: dict[int, ValidationLosses] = {}
        self._last_filled: Any = None  # the event after the steps before the last table
        positions = self.recipe.network_signature(signature).input_shape[:-1]
        self.tables = StepTables(self.members, self.recipe, positions, device)
        self._settle(self.members)

    def _member(self, split: SplitPrefix, start: int, row: int) -> Resident:
        plan = make_plan(self.recipe, len(split.train), len(split.validation))
        encoded = sent(self.target.encode(split.prefix.targets, split.marginal), self.device)
        return Resident(
            split=split,
            start=start,
            row=row,
            encoded=encoded,
            plan=plan,
            result=TrainingResult(planned_steps=plan.planned),
        )

    def _initial(self, splits: Sequence[SplitPrefix]) -> list[nn.Module]:
        """Networks as their seeds say; of each seed one is built."""
        built: dict[int, nn.Module] = {}
        read = self.recipe.network_signature(self.signature)
        for split in splits:
            if split.prefix.seed not in built:
                with global_seed(split.prefix.seed, "init"):
                    built[split.prefix.seed] = self.learner.model.build(read)
        return [built[split.prefix.seed] for split in splits]

    # Training

    def run(self) -> list[TrainingResult]:
        """Train, restore each one's best step, calibrate.

        Raises:
            DeadlinePassed: if the time is over before the training is.
            torch.OutOfMemoryError: if they are too many for the device.
        """
        with side_stream(self.device):
            best = self._train()
            self._wait()
        self.captured = self.captured and self._again.problem is None
        self._again = Repeated(self._step, self.device, capture=False)  # frees the graph
        self.networks.restore(best)
        for row, member in enumerate(self.members):
            member.row = row
        self._free_evaluations()
        self._calibrate()
        return [member.result for member in self.members]

    def _calibrate(self) -> None:
        """Each by its validation part, as it is at its best step."""
        fine = [member for member in self.members if member.result.problem is None]
        rows = [torch.from_numpy(m.split.validation + m.start) for m in fine]
        outputs = self.predictions.of_rows(fine, self.deck.rows, rows)
        for places in by_length(range(len(fine)), lambda place: len(rows[place])):
            group = [fine[place] for place in places]
            calibrations = self.target.calibrate_all(
                with_float64(torch.stack([outputs[place] for place in places])),
                with_float64(torch.stack([self._validation_targets(m) for m in group])),
                [m.split.marginal for m in group],
            )
            for member, calibration in zip(group, calibrations, strict=True):
                member.result.calibration = calibration

    def _validation_targets(self, member: Resident) -> Tensor:
        return member.encoded[torch.from_numpy(member.split.validation).to(self.device)]

    def _train(self) -> Snapshot:
        best = self.networks.snapshot()
        active, done = list(self.members), 0
        while active:
            upto = min(member.plan.next_evaluation(done) for member in active)
            self._advance(active, done, upto)
            done = upto
            self.deadline.check()
            due = [m for m in active if m.plan.next_evaluation(done - 1) == done]
            if improved := self._improved(due, done):
                rows = [self.members.index(m) for m in improved]
                best.update(rows, self.networks, [m.row for m in improved])
            active = [m for m in active if m not in due or m.continues(done)]
            share = LEFT if len(self.networks) >= MANY else LEFT_OF_FEW
            if active and len(active) <= share * len(self.networks):
                self._keep(active)
        return best

    def _improved(self, due: Sequence[Resident], done: int) -> list[Resident]:
        """Evaluate these on their validation parts; who got better."""
        self._wait()  # others go on, and copies from the host needn't wait
        self.networks.train(False)
        members: list[Resident] = []
        losses: list[Tensor] = []
        for key, own in spans(due).items():
            group = spans(self._trained)[key]
            if len(own) < FEW * len(group) and key * len(group) > PREDICTED_EXAMPLES:
                group, evaluation = own, self._evaluation(own, capture=False)
            else:
                evaluation = self._evaluations.get(key) or self._evaluation(group)
                self._evaluations[key] = evaluation
            evaluation()
            members += group
            losses.append(evaluation.losses)
        together = torch.cat(losses)
        self._wait()
        pairs = zip(members, together.tolist(), strict=True)
        return [member for member, loss in pairs if member in due and member.evaluated(loss, done)]

    def _wait(self) -> None:
        """For the device; other populations may go on meanwhile."""
        with TURNS.given():
            if self.device.type == "cuda":
                torch.cuda.current_stream().synchronize()

    def _evaluation(self, group: Sequence[Resident], capture: bool = True) -> ValidationLosses:
        predict = self.predictions.predictor(group)
        return ValidationLosses(
            lambda rows: predict(self.deck.rows, rows),
            [torch.from_numpy(m.split.validation + m.start) for m in group],
            [self._validation_targets(m) for m in group],
            [m.split.marginal for m in group],
            self.target,
            self.device,
            self._capture and capture,
            self._pool,
        )

    def _keep(self, active: list[Resident]) -> None:
        """Compute nothing for the others any more."""
        rows = [member.row for member in active]
        self.networks.keep(rows)
        self.optimizer.keep(rows)
        self.tables.keep(active, rows)
        for row, member in enumerate(active):
            member.row = row
        self.captured = self.captured and self._again.problem is None
        self._settle(active)

    def _settle(self, members: Sequence[Resident]) -> None:
        """Fixed addresses for what a step reads: as the captured graph wants it."""
        self._trained = list(members)  # by row
        lengths = [len(m.encoded) for m in members]
        self._targets = torch.cat([m.encoded for m in members])
        firsts = [[m.start for m in members], np.cumsum([0, *lengths[:-1]]).tolist()]
        examples, targets = torch.tensor(firsts).to(self.device).unsqueeze(-1)
        self.tables.set_firsts(examples, targets)
        self._reader = self.readers.together([self.members.index(m) for m in members])
        self._again = Repeated(self._step, self.device, self._capture)
        self._free_evaluations()  # addresses are other ones now
        # none may outlive its graphs
        self._pool = graph_pool(self.device) if self._capture else None

    def _free_evaluations(self) -> None:
        for evaluation in self._evaluations.values():
            evaluation.free()
        self._evaluations.clear()

    def _advance(self, active: Sequence[Resident], done: int, upto: int) -> None:
        """The updates `done` ... `upto` - 1 of those that train; the device may lag behind."""
        self.networks.train(True)
        going, peak = {m.row for m in active}, self.learner.learning_rate
        while done < upto:
            if done == self.tables.filled:
                self._keep_pace()
                self.tables.fill(done)
            stop = min(upto, self.tables.filled)
            rates = [
                [m.plan.rate(step) if m.row in going else 0.0 for m in self._trained]
                for step in range(done, stop)
            ]
            self.tables.set_rates(done, torch.tensor(rates) * peak)
            for _ in range(done, stop):
                self._again()
            done = stop

    def _keep_pace(self) -> None:
        """Be two tables of steps ahead of the device at most; others have their turn meanwhile."""
        if self.device.type == "cuda":
            last = self._last_filled
            self._last_filled = torch.cuda.current_stream().record_event()
            if last is not None:
                with TURNS.given():
                    last.synchronize()

    def _step(self) -> None:
        """One update of all rows; reads tensors at fixed addresses alone."""
        (examples, targets), noise, rates = self.tables.read()
        shape = examples.shape
        x = self.deck.rows.index_select(0, examples.flatten())
        x = self._reader(x.unflatten(0, shape))
        if noise is not None:
            x = transform(x.flatten(0, 1), self.recipe.augment, noise).unflatten(0, shape)
        y = self._targets.index_select(0, targets.flatten())
        loss = self.target.loss(self.networks(x), y.view(shape)).sum() / self.batch
        self.networks.backward(loss)
        self.optimizer.step_rows(self.networks.parameters, self.networks.gradients, rates)
        self.tables.clock.add_(1)

    def outputs(
        self, indices: Sequence[int], deck: Deck, starts: Sequence[int], lengths: Sequence[int]
    ) -> list[Tensor]:
        """Outputs of these members, on the CPU, each for its own span of rows of a deck."""
        rows = [torch.arange(a, a + n) for a, n in zip(starts, lengths, strict=True)]
        outputs = self.predictions.of_rows([self.members[i] for i in indices], deck.rows, rows)
        together = torch.cat(outputs)
        self._wait()
        together = together.cpu()  # one copy
        return list(together.split(list(lengths)))


def spans(members: Sequence[Resident]) -> dict[int, list[Resident]]:
    """Those whose validation parts are filled up to one length, by that length."""
    groups: dict[int, list[Resident]] = {}
    for member in members:
        groups.setdefault(span(len(member.split.validation)), []).append(member)
    return groups
