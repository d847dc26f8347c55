"""What the steps of a population read, many steps at a time and at addresses that stay."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from priorscope.train.deck import send
from priorscope.train.evaluation import filled
from priorscope.train.recipe import Recipe
from priorscope.train.streams import BatchStream, NoiseStream
from priorscope.train.trainee import Resident

TABLE_STEPS = 128  # steps whose indices are on the device at once


class StepTables:
    """Indices of batches, noise that augments, and learning rates; a row for each network.

    Every network has the random streams that it would have alone. Each stream is drawn once and
    sent once, however many rows read it; the device gathers what the rows need.

    Args:
        members: all networks of the population, by row.
        recipe: augmentations and the size of a batch.
        positions: lengths of the axes of positions of an example.
        device: where the tables are.
    """

    def __init__(
        self,
        members: Sequence[Resident],
        recipe: Recipe,
        positions: tuple[int, ...],
        device: torch.device,
    ):
        self._recipe, self._positions, self._device = recipe, positions, device
        self._batch = recipe.batch_size(len(members[0].split.train))
        self._streams: dict[tuple[int, int], BatchStream] = {}
        self._noises: dict[int, NoiseStream] = {}
        self._members = list(members)
        self._trains = filled([torch.from_numpy(m.split.train) for m in members]).to(device)
        self.filled = 0  # steps before this one are in the tables
        self._make(members)

    def _make(self, members: Sequence[Resident]) -> None:
        device, count = self._device, len(members)
        shape = (TABLE_STEPS, count, self._batch)
        self._indices = torch.zeros(shape, dtype=torch.int64, device=device)
        self._firsts: Tensor | None = None
        self._rates = torch.zeros(TABLE_STEPS, count, device=device)
        self.clock = torch.zeros(1, dtype=torch.int64, device=device)  # the step's row
        self._noise: Tensor | None = None
        of = torch.tensor([self._members.index(m) for m in members]).to(device)
        self._own_trains = self._trains[of]
        self._choose_streams(members)

    def _choose_streams(self, members: Sequence[Resident]) -> None:
        """The random streams of these, and which of them each row reads."""
        keys = [(len(m.split.train), m.split.prefix.seed) for m in members]
        seeds = [seed for _, seed in keys]
        own, own_seeds = list(dict.fromkeys(keys)), list(dict.fromkeys(seeds))
        for size, seed in own:
            if (size, seed) not in self._streams:
                self._streams[size, seed] = BatchStream(size, self._recipe.batch_size(size), seed)
        for seed in own_seeds if self._recipe.augment else ():
            if seed not in self._noises:
                made = NoiseStream(self._recipe.augment, self._positions, self._batch, seed)
                self._noises[seed] = made
        self._own_streams = [self._streams[key] for key in own]
        self._own_noises = [self._noises[seed] for seed in own_seeds if self._recipe.augment]
        self._stream_of_row = torch.tensor([own.index(key) for key in keys]).to(self._device)
        self._noise_of_row = torch.tensor([own_seeds.index(s) for s in seeds]).to(self._device)

    def keep(self, members: Sequence[Resident], rows: Sequence[int]) -> None:
        """Only these from now on, who were at `rows`; addresses are other ones then."""
        indices, clock = self._indices[:, list(rows)].clone(), self.clock
        noise = None if self._noise is None else self._noise[:, list(rows)].clone()
        self._make(members)
        self._indices, self._noise, self.clock = indices, noise, clock

    def set_firsts(self, examples: Int[Tensor, "rows 1"], targets: Int[Tensor, "rows 1"]) -> None:
        """Where each row's prefix begins among the examples and among the targets."""
        self._firsts = torch.stack([examples, targets])
        self._places = self._indices.unsqueeze(1) + self._firsts

    def fill(self, start: int) -> None:
        """Indices and noise of `start` and the steps after it; the host doesn't wait."""
        stop = start + TABLE_STEPS
        drawn = torch.stack([stream.rows(start, stop) for stream in self._own_streams], dim=1)
        order = self._there(drawn).index_select(1, self._stream_of_row)
        trains = self._own_trains.expand(TABLE_STEPS, -1, -1)
        torch.gather(trains, 2, order, out=self._indices)
        assert self._firsts is not None, "rows begin somewhere"
        torch.add(self._indices.unsqueeze(1), self._firsts, out=self._places)
        if self._own_noises:
            noise = torch.stack([stream.rows(start, stop) for stream in self._own_noises], dim=1)
            lanes = self._there(noise).index_select(1, self._noise_of_row)
            self._noise = torch.empty_like(lanes) if self._noise is None else self._noise
            self._noise.copy_(lanes)
        self.clock.zero_()
        self.filled = stop

    def set_rates(self, start: int, rates: Float[Tensor, "steps rows"]) -> None:
        """Learning rates of `start` and the steps after it."""
        place = start % TABLE_STEPS
        send(rates, self._rates[place : place + len(rates)])

    def read(
        self,
    ) -> tuple[
        Int[Tensor, "2 rows batch"], Float[Tensor, "lanes examples"] | None, Float[Tensor, " rows"]
    ]:
        """Of the step that is due: places of examples and targets, noise of all examples, rates."""
        noise = None
        if self._noise is not None:
            noise = self._noise.index_select(0, self.clock)[0].movedim(1, 0).flatten(1)
        places = self._places.index_select(0, self.clock)[0]
        return places, noise, self._rates.index_select(0, self.clock)[0]

    def _there(self, source: Tensor) -> Tensor:
        """A copy on the device."""
        target = torch.empty_like(source, device=self._device)
        send(source, target)
        return target
