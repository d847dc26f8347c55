"""`priorscope fit DATA --learner cnn --out MODEL`: the winner, trained on all labels."""

from pathlib import Path
from typing import Literal

from priorscope.cli.exit_codes import Exit
from priorscope.experiments.settings import Settings


def run(
    data: str,
    /,
    *,
    learner: str | None = None,
    seeds: int = 1,
    keep: Literal["average", "best"] = "average",
    comparison: Path | None = None,
    settings: Settings | None = None,
) -> int:
    """Train a learner on all labels of DATA and save it in the folder --out.

    Flags on reading and on recipes are those of `compare`: give the same ones.

    Parameters
    ----------
    data
        As for `priorscope compare`.
    learner
        As for `--learners`; by default what the stored comparison of these data picked.
    seeds
        Trainings with other initial parameters and validation parts.
    keep
        All of them, whose predictions are averaged, or the best on its validation part.
    comparison
        Folder of the comparison, if it isn't in priorscope-runs/DATA; its answer says how good the
        model is expected to be. Without a comparison that is measured on the test split.
    """
    from priorscope.data.existing import existing
    from priorscope.wording.language import speak

    settings = settings or Settings()
    speak(settings.lang)
    existing(data)

    from priorscope.experiments.winner import fit_stored

    if settings.out is None:
        raise ValueError("Where should the model go? Give a new folder with --out.")
    model = fit_stored(data, settings, learner, seeds=seeds, keep=keep, comparison=comparison)
    model.save(settings.out)
    print(model)
    print(settings.out)
    return Exit.DONE
