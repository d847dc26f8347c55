"""Who does the runs, as the settings say."""

from priorscope.experiments.settings import Settings
from priorscope.runs.backends import Backend
from priorscope.runs.backends.local import LocalBackend


def choose_backend(settings: Settings, device: str) -> Backend:
    """Processes of this machine, or workers of Dask or Ray.

    device: of this machine; workers elsewhere choose theirs as `settings.device` says.

    Raises:
        ValueError: if the engine isn't installed, or --workers is 0 for one.
    """
    if settings.backend == "local":
        return LocalBackend(settings.workers, device)
    if settings.device == "mps":
        raise ValueError(
            f"--device mps is for this machine's workers, and --backend {settings.backend} has its "
            "own; leave out one of them."
        )
    if settings.workers == 0:
        raise ValueError(
            f"--workers 0 works in this process, and --backend {settings.backend} in others; "
            "leave out one of them."
        )
    if settings.backend == "ray":
        from priorscope.runs.backends.ray import RayBackend

        return RayBackend(settings.address, settings.workers, settings.device, settings.rows)
    from priorscope.runs.backends.dask import DaskBackend

    return DaskBackend(settings.scheduler, settings.workers, settings.device, settings.rows)
