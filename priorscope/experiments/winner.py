"""From a comparison to a model: the pick, or another learner of it, trained on all labels."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from priorscope.core.estimate import Estimate
from priorscope.core.files import read_regular
from priorscope.core.folders import refuse_foreign
from priorscope.core.json_types import parsed
from priorscope.core.registry import include
from priorscope.experiments.comparison import Comparison
from priorscope.experiments.dataset import Dataset, read_dataset
from priorscope.experiments.learners import make_learners
from priorscope.experiments.plan import choose_folder, refuse_inside
from priorscope.experiments.settings import Settings
from priorscope.experiments.stored import MOST_SUMMARY
from priorscope.fitted.facts import Expected, Origin
from priorscope.fitted.fit import Keep, fit
from priorscope.fitted.model import FittedModel
from priorscope.fitted.storage import KIND, NAMES
from priorscope.runs.backends.local import choose_device
from priorscope.train.recipe import Learner, Recipe, pretrained_folder

RECIPE = ("preset", "steps", "epochs", "tune")  # settings that decide it


def fit_compared(
    comparison: Comparison, summary: dict[str, Any], learner: str | None, seeds: int, keep: Keep
) -> FittedModel:
    """A learner of a comparison, on all labels of its data, by its recipe.

    learner: as the leaderboard names it; None takes the pick.

    Raises:
        LookupError: if the comparison has no such learner.
        ValueError: if nothing was picked, or the training fails.
    """
    wanted, settings = learner or picked(summary), comparison.settings
    by_name = {each.text: each for each in comparison.question.learners}
    names = [row["learner"] for row in summary["leaderboard"]]
    if wanted not in names:
        raise LookupError(f"The comparison has no {wanted!r}; it has {', '.join(sorted(names))}.")
    # a regularised twin that was chosen in its learner's place is named as it would be typed
    made = by_name.get(wanted) or make_learners([wanted], settings)[0]
    return _fit(comparison.whole, made, settings, summary, seeds, keep)


def fit_stored(
    data: str,
    settings: Settings,
    learner: str | None,
    *,
    seeds: int,
    keep: Keep,
    comparison: Path | None,
) -> FittedModel:
    """A learner on all labels of what lies at `data`; what a stored comparison says is kept.

    settings: how to read, and the recipe; `out` is the folder that the model will go to.
    comparison: folder of the comparison; None looks where `compare` puts it.

    Raises:
        LookupError, ValueError: see `fit_compared`; also if no learner is named or stored.
    """
    if settings.out is not None:
        refuse_foreign(settings.out, KIND, NAMES)
        refuse_inside(settings.out, data)
    for path in settings.include:
        include(path)
    asked = tuple(filter(None, [learner])) or settings.learners or ()
    if len(asked) > 1:
        raise ValueError(f"One learner is fitted, not {', '.join(asked)}; give --learner.")
    whole = read_dataset(data, settings, pretrained_folder(asked))
    summary = _stored_summary(whole, settings, comparison)
    if not asked:
        if summary is None:
            raise ValueError(
                "Which learner? Give --learner, or run `priorscope compare` on these data first."
            )
        asked = (picked(summary),)
    made = make_learners(asked, as_compared(settings, summary))
    return _fit(whole, made[0], settings, summary, seeds, keep)


def picked(summary: Mapping[str, Any]) -> str:
    """The learner that a comparison's answer picks.

    Raises:
        ValueError: if it picks none.
    """
    pick = (summary.get("answer") or {}).get("pick")
    if not pick:
        raise ValueError("The comparison picked no learner; name one with learner=, --learner.")
    return str(pick)


def origin_of(summary: Mapping[str, Any]) -> Origin:
    """What a model keeps of the comparison that it comes from."""
    reproduce, verdict = summary["reproduce"], summary.get("verdict") or [""]
    return Origin(
        name=str(summary["task"]["name"]),
        data=reproduce["data"],
        digest=reproduce["digest"],
        version=reproduce["version"],
        answer=str(verdict[0]),
        settings=reproduce["settings"],
    )


def expected_of(summary: Mapping[str, Any], learner: str) -> Expected | None:
    """What a comparison measured of a learner at its largest size; of the pick, as answered."""
    answer = summary.get("answer") or {}
    if answer.get("pick") == learner and answer.get("value") and answer.get("goal") == "accuracy":
        value, metric, size = answer["value"], answer["metric"], answer["size"]
    else:
        row = next((r for r in summary.get("leaderboard") or [] if r["learner"] == learner), None)
        metrics = (row or {}).get("metrics") or {}
        metric = next((m for m in ("accuracy", "rmse") if metrics.get(m)), None)
        if row is None or metric is None:
            return None
        value, size = metrics[metric], row["n"]
    return Expected(metric=metric, value=msgspec.convert(value, Estimate), size=size)


def _fit(
    data: Dataset,
    learner: Learner,
    settings: Settings,
    summary: Mapping[str, Any] | None,
    seeds: int,
    keep: Keep,
) -> FittedModel:
    rows = [] if summary is None else summary.get("leaderboard") or []
    if all(row["learner"] != learner.text for row in rows):
        summary = None  # the comparison says nothing on this learner
    if summary is not None:
        learner = as_chosen(learner, summary)
    if not 1 <= seeds <= 1000:
        raise ValueError(f"seeds must lie in 1 ... 1,000, but it is {seeds}.")
    return fit(
        data.examples,
        learner,
        seeds=seeds,
        keep=keep,
        tune=settings.tune,
        seed=settings.seed,
        device=choose_device(settings.device),
        origin=None if summary is None else origin_of(summary),
        expected=None if summary is None else expected_of(summary, learner.text),
    )


def as_chosen(learner: Learner, summary: Mapping[str, Any]) -> Learner:
    """With the recipe that the comparison chose for it: a rate, for instance."""
    stored = ((summary.get("tuning") or {}).get("recipes") or {}).get(learner.text)
    if not isinstance(stored, dict) or learner.model.trains_itself:
        return learner
    return dataclasses.replace(learner, recipe=Recipe.from_json(stored))


def _stored_summary(
    data: Dataset, settings: Settings, comparison: Path | None
) -> dict[str, Any] | None:
    """The summary of these very data, or None.

    Raises:
        ValueError: if the folder that the user names holds none, or one of other data.
    """
    folder = comparison or choose_folder(dataclasses.replace(settings, out=None), data)
    summary = stored_summary(folder / "summary.json")
    if summary is not None and _data_of(summary) in _fingerprints(data, settings):
        return summary
    if comparison is not None:
        raise ValueError(
            f"{folder} holds no comparison of these data; leave --comparison out, or give the "
            "flags on reading that the comparison had."
        )
    return None


def stored_summary(file: Path) -> dict[str, Any] | None:
    """A summary of schema 2, or None."""
    try:
        summary = parsed(read_regular(file, MOST_SUMMARY))
    except (OSError, ValueError):
        return None
    sound = isinstance(summary, dict) and summary.get("schema") == 2
    return summary if sound else None


def _data_of(summary: Mapping[str, Any]) -> str:
    reproduce = summary.get("reproduce")
    return str(reproduce.get("data")) if isinstance(reproduce, dict) else ""


def _fingerprints(data: Dataset, settings: Settings) -> set[str]:
    """Of the data as each preset compares them: presets use fewer of the test examples."""
    from priorscope.experiments.dataset import fewer_tests
    from priorscope.experiments.settings import AMOUNTS

    kept = [
        fewer_tests(data.examples, dataclasses.replace(settings, preset=preset))
        for preset in AMOUNTS
    ]
    return {examples.fingerprint for examples in kept}


def as_compared(settings: Settings, summary: Mapping[str, Any] | None) -> Settings:
    """The recipe of the comparison, where the user asks for no other."""
    stored = {} if summary is None else summary["reproduce"]["settings"]
    asked = settings.changed()
    recipe = {k: v for k, v in stored.items() if k in RECIPE}
    return Settings.of(**{**recipe, **asked})
