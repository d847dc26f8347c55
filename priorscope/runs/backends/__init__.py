"""Where batches are worked on. One file = one back end; learners and checks stay as they are."""

from concurrent.futures import Future
from typing import Protocol, runtime_checkable

from priorscope.runs.batch import Batch


@runtime_checkable
class Backend(Protocol):
    """Workers that do batches and write their rows themselves."""

    @property
    def lanes(self) -> int:
        """Batches that it works on at once."""
        ...

    @property
    def device(self) -> str:
        """Device that batches ask for: `auto`, `cpu` or `cuda`."""
        ...

    @property
    def together(self) -> bool:
        """Whether its device wants every architecture on a replica axis (a GPU does)."""
        ...

    @property
    def isolates(self) -> bool:
        """Whether a worker that dies takes only its own batch along."""
        ...

    def submit(self, batch: Batch) -> Future:
        """Hand a batch over; the future is done when its rows are written.

        Raises:
            OSError: if the workers can't be reached any more.
            ValueError: if they can't do such work: another version, a plug-in that isn't there.
        """
        ...

    def was_lost(self, future: Future) -> bool:
        """Whether a future that is done is so because its worker died."""
        ...

    def restart(self) -> None:
        """New workers, after one died; futures that were not done are lost."""
        ...

    def stop(self) -> None:
        """End the workers now; it can be used again afterwards."""
        ...
