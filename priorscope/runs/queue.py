"""What is still to be done: own batches first, then what others left; what they do is not done."""

import time
from collections import deque
from collections.abc import Sequence

from priorscope.runs.batch import Batch
from priorscope.runs.crew import LOOK, Crew
from priorscope.runs.progress import Progress
from priorscope.runs.store import Store

DEATHS = 2  # of its workers, after which a run counts as failed


class Queue:
    """Batches in the order in which this process wants them.

    A run counts as done when its row is there that wasn't when the queue was made, whoever wrote
    it. What other processes are doing waits until they are done, or gone.
    """

    def __init__(self, batches: Sequence[Batch], store: Store, crew: Crew):
        self.progress = Progress(
            runs=sum(len(batch.runs) for batch in batches), updates=sum(b.updates for b in batches)
        )
        self.own_updates = 0
        self._store, self._crew = store, crew
        self._waiting = deque([*crew.shard.own(batches), *crew.shard.others(batches)])
        self._alone: deque[Batch] = deque()
        self._left = {d: b.updates // len(b.runs) for b in batches for d in b.digests}
        self._before = {digest: store.stamp(digest) for digest in self._left}
        self._looked = time.monotonic()

    def __bool__(self) -> bool:
        return bool(self._waiting or self._alone)

    @property
    def has_suspects(self) -> bool:
        """Whether some batches are to be done with nothing beside them."""
        return bool(self._alone)

    def leave_out(self, seconds: float) -> None:
        """Forget batches that are expected to take longer than is left."""
        self._waiting = deque(b for b in self._waiting if b.expected <= seconds)

    def take(self) -> Batch | None:
        """The next batch that nobody does; None if there is none at the moment."""
        if self._alone:
            return self._alone.popleft()
        if not self._crew.others() and self._crew.shard.count == 1:
            return self._waiting.popleft() if self._waiting else None
        elsewhere = self._crew.elsewhere()
        for _ in range(len(self._waiting)):
            batch = self._remaining(self._waiting.popleft())
            if batch is None:
                continue
            if elsewhere.isdisjoint(batch.digests):
                return batch
            self._waiting.append(batch)
        return None

    def put_back(self, batch: Batch, alone: bool) -> list[Batch]:
        """A batch whose worker died: to be done again, run by run if it had several.

        alone: with nothing beside it, as nobody can tell whose fault it was.

        Returns:
            The batch, if its run has to be given up.
        """
        again = batch.after_death()
        if again[0].deaths >= DEATHS and len(batch.runs) == 1:
            return again
        if alone:
            self._alone += again
        else:
            self._waiting.extendleft(reversed(again))
        return []

    def put_aside(self, batch: Batch) -> None:
        """A batch that was in flight when another's worker died: done again alone, whole."""
        self._alone.append(batch)

    def settle(self, batch: Batch, in_time: bool = True) -> None:
        """Count a batch that this process did.

        in_time: whether it can't have been stopped; of one that may have been, runs count whose
            rows are there.
        """
        done = [d for d in batch.digests if in_time or self._is_done(d)]
        self.own_updates += sum(self._left.get(digest, 0) for digest in done)
        self._count(done)
        self.progress.last = batch.runs[-1]["text"]

    def look(self) -> None:
        """Count what others did, every few seconds."""
        now = time.monotonic()
        together = self._crew.shard.count > 1 or self._crew.others()
        if together and now - self._looked >= LOOK:
            self._looked = now
            self._count([digest for digest in self._left if self._is_done(digest)])

    def _count(self, digests: Sequence[str]) -> None:
        for digest in digests:
            if digest in self._left:
                self.progress.finished += 1
                self.progress.updated += self._left.pop(digest)

    def _is_done(self, digest: str) -> bool:
        stamp = self._store.stamp(digest)
        return stamp is not None and stamp != self._before[digest]

    def _remaining(self, batch: Batch) -> Batch | None:
        """Those of its runs that aren't done."""
        done = [digest for digest in batch.digests if self._is_done(digest)]
        self._count(done)
        return batch.without(done)
