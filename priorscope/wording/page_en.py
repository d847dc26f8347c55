"""English words of the page and of the terminal's tables, by key; see `wording.page.t`."""

PAGE: dict[str, str] = {
    # The frame
    "tab.decide": "Decide",
    "tab.understand": "Understand",
    "tab.trust": "Trust",
    "page.skip": "Skip to the answer",
    "page.tabs": "Parts of this page",
    "page.made": "Made by priorscope on {written}. This page needs no network.",
    "page.no_script": (
        "Interactive charts and tabs need JavaScript; the same charts are in the folder `figures` "
        "next to this page, as SVG and PNG."
    ),
    "fact.kind": "Inputs",
    "fact.examples": "Labelled examples",
    "fact.classes": "Classes",
    "fact.sizes": "Training sizes",
    "fact.repeats": "Repeats",
    "fact.trials": "Tuning trials per model",
    "fact.range": "{low} to {high}",
    "kind.vector": "table",
    "kind.series": "series",
    "kind.image": "images",
    "kind.tokens": "texts",
    # Chapters
    "chapter.answer": "Answer",
    "chapter.models": "All models",
    "chapter.more-data": "Would more data help?",
    "chapter.learning-curves": "Learning curves",
    "chapter.cues": "What each model uses",
    "chapter.data": "The data",
    "chapter.checks": "Self-checks",
    "chapter.reproduce": "Reproduce",
    "chapter.terms": "How to read this page",
    # The card
    "card.nothing": "No model has finished a run, so there is nothing to compare yet.",
    "card.pick": "Pick",
    "card.judged": "Judged by",
    "card.confidence": "Confidence",
    "card.cost": "Cost",
    "card.more_data": "More data",
    "card.limits": "Limits",
    "card.rest": "More in words ({n})",
    "card.pick.alone": "{pick}, ahead of all others",
    "card.pick.tied": "{pick}; not ruled out: {others}",
    "card.judged.text": "{metric} {value} at {size} labels, {repeats}",
    "card.confidence.clear": "clear, {percent}",
    "card.confidence.leaning": "leaning, {percent}",
    "card.confidence.open": "open, {percent}",
    "card.cost.time": "trains in {time}",
    "card.cost.parameters": "{parameters} parameters",
    "card.more_data.falls.error": "doubling the labels cuts the error rate by {interval}",
    "card.more_data.falls.loss": "doubling the labels cuts the test loss by {interval}",
    "card.more_data.saturated.error": "the error rate has stopped falling",
    "card.more_data.saturated.loss": "the test loss has stopped falling",
    "card.more_data.open": "these runs can't say whether more labels would help",
    "card.limits.budget.one": (
        "Stopped by the budget, {n} run missing; the same command continues."
    ),
    "card.limits.budget.many": (
        "Stopped by the budget, {n} runs missing; the same command continues."
    ),
    "card.limits.missing.one": "{n} run missing.",
    "card.limits.missing.many": "{n} runs missing.",
    "card.limits.failed.one": "{n} run failed.",
    "card.limits.failed.many": "{n} runs failed.",
    "card.limits.repeats.one": "Only {n} repeat: no interval.",
    "card.limits.repeats.many": "Only {n} repeats: intervals are wide.",
    "card.limits.recipe": "The order depends on the recipe (more tuning trials change it).",
    "repeats.one": "{n} repeat",
    "repeats.many": "{n} repeats",
    "runs.one": "{n} run",
    "runs.many": "{n} runs",
    # Metrics
    "metric.accuracy": "accuracy",
    "metric.balanced_accuracy": "balanced accuracy",
    "metric.macro_f1": "macro F1",
    "metric.auroc": "AUROC",
    "metric.average_precision": "average precision",
    "metric.log_loss": "log loss in bits",
    "metric.code_bits": "bits per label",
    "metric.code_bits_per_label": "bits per label",
    "metric.rmse": "RMSE",
    "metric.mae": "MAE",
    "metric.r2": "R²",
    "metric.coverage80": "coverage of the 80% interval",
    # Columns
    "column.model": "Model",
    "column.bits": "Bits per label",
    "column.best": "Best in resamples",
    "column.behind": "Behind the first",
    "column.fit": "Fit",
    "column.accuracy": "Accuracy",
    "column.rmse": "RMSE",
    "column.mae": "MAE",
    "column.r2": "R²",
    "column.test_bits": "Test loss, bits",
    "column.train_bits": "Training loss, bits",
    "column.uncalibrated": "Test loss, not calibrated",
    "column.train_accuracy": "Training accuracy",
    "column.gap": "Gap, bits",
    "column.parameters": "Parameters",
    "column.multiply_adds": "Multiply-adds per example",
    "column.time_each": "Time per run",
    "column.time": "Time, all runs",
    "column.runs": "Runs",
    "column.labels": "Labels",
    "column.repeats": "Repeats",
    "column.trend": "Trend",
    "column.fall": "Fall per doubling",
    "column.beats_chance": "Better than guessing from",
    "column.catch_up": "Catch-up, bits",
    "column.catch_up_share": "Catch-up, part of the code",
    "column.prior_of": "Prior of",
    "column.overtaking": "Overtaking",
    "column.overtaken": "Overtaken",
    "column.metric": "Metric",
    "column.verdict": "Verdict",
    "column.at": "At n labels",
    "column.interval95": "95% interval",
    "column.never": "Probability of never",
    "column.overtakes": "Overtakes within 4 × the data",
    "column.bits_in_all": "Bits in all",
    "column.saved": "Saved against guessing, bits",
    "column.column": "Column",
    "column.used_as": "Used as",
    "column.reason": "Why",
    "column.class": "Class",
    "column.count": "Examples",
    "column.test": "Test",
    "column.outcome": "Outcome",
    "column.value": "Value",
    "column.range": "Range",
    "column.meaning": "Meaning",
    "column.predicted": "Predicted",
    "column.measured": "Measured",
    "column.missing": "Runs missing",
    "column.sizes": "At sizes",
    "column.best_case": "Best case",
    # Axes, tooltips, marks
    "axis.labels": "labelled examples (log scale)",
    "axis.bits": "bits per label",
    "axis.test_bits": "bits per label (lower is better)",
    "axis.code_bits": "bits per label (lower is better)",
    "axis.accuracy": "accuracy (higher is better)",
    "axis.rmse": "RMSE (lower is better)",
    "axis.mae": "MAE (lower is better)",
    "axis.r2": "R² (higher is better)",
    "axis.ratio": "times the data (log scale)",
    "axis.times_the_labels": "times the labels (log scale)",
    "axis.seconds": "training time, seconds (log scale)",
    "tip.model": "model",
    "tip.labels": "labels",
    "tip.labels_of_best": "labels of the best",
    "tip.repeats": "repeats",
    "tip.from": "from",
    "tip.to": "to",
    "tip.ratio": "times the data",
    "tip.kind": "kind",
    "tip.split": "split",
    "tip.seconds": "seconds",
    "chart.guessing": "guessing",
    "chart.predicted": "predicted",
    # Figures
    "figure.worth": "Labels that each model needs to match {pick}",
    "figure.leaderboard": "Leaderboard, bits per label",
    "figure.cost": "Bits per label against training time (low and left is better)",
    "figure.equivalence": "Times the data that each model needs to match {pick}, on test loss",
    "figure.fits": "Fitted learning curves, test loss",
    "figure.accuracy": "Accuracy on test examples",
    "figure.rmse": "RMSE on test examples",
    "figure.mae": "MAE on test examples",
    "figure.r2": "R² on test examples",
    "figure.test_bits": "Test loss in bits per label",
    "figure.overfitting": "Training (dashed) against test (solid) loss",
    "figure.code_length": "Bits per label, all labels up to n",
    "figure.strength": "Bits per label that shuffling a structure costs",
    "figure.cue_reliance": "Bits per label that removing a cue costs",
    "figure.numbers_below": "{title}; the numbers are in a table of this chapter",
    "worth.pick": "the pick",
    "worth.pick_at": "{at} labels",
    "worth.labels": "{labels} labels",
    "worth.interval": " ({interval})",
    "worth.bound": "at least {labels} labels",
    "worth.for": " for what {at} do",
    # Tools
    "tool.copy": "Copy",
    "tool.copied": "Copied",
    "tool.csv": "CSV",
    "tool.save": "Save “{title}” as {kind}",
    "tool.region": "Table: {title}",
    "tool.table": "{what} “{title}”",
    "tool.switches": "Models shown",
    "tool.structure": "Structure",
    "tool.more": "{n} more",
    "tool.all_models": "All {n} models",
    "tool.numbers": "The numbers",
    # Chapter: models
    "models.explain": (
        "Bits per label: what it takes to send the labels to somebody who has the inputs, when "
        "the model predicts each block of labels from the blocks before it. Lower is better."
    ),
    "models.guessing": " Guessing takes {bits} bits.",
    "models.quantity": " Differences count, not the level; bits of a quantity may be below 0.",
    "models.small_print": " Small print under a number is its 95% interval.",
    "models.cost": "Cost",
    "models.cost_explain": (
        "Multiply-adds are those of one forward pass at the largest size. Time per run is the "
        "mean over all runs of a model, small ones included, on the hardware named under Trust."
    ),
    # Chapter: more data
    "more.saturation": "What doubling the labels brings",
    "more.saturation_explain": (
        "By how much the {metric} falls when the data double, at the largest size. Catch-up is "
        "what the model pays, in bits, before it is clearly better than guessing."
    ),
    "more.falling": "still falling",
    "more.saturated": "saturated",
    "more.undecided": "undecided",
    "more.not_yet": "not yet",
    "more.equivalence": "What a prior is worth in labels",
    "more.equivalence_explain": (
        "How many times as many labels the model of the column needs to do as well as the model of "
        "the row. 3.4× at 1,000 labels means that the model of the column needs 3,400."
    ),
    "more.pairs": "All pairs, on {metric}, at {n} labels of the row's model",
    "more.at": "at {n}",
    "more.forecasts": "Forecasts at 2, 4 and 8 × the labels",
    "more.forecasts_explain": (
        "What each model is expected to reach with more labels. Up to 4 × such intervals were "
        "tested on 1,426 real learning curves; nothing beyond 8 × was ever tested."
    ),
    "more.times": "{times} × the labels",
    "more.never_tested": "never tested",
    "more.rmse": "RMSE",
    "more.crossovers": "Crossovers",
    "more.crossovers_explain": (
        "The size from which one model is better than another. Observed: within the sizes "
        "measured. Likely overtakes: with a probability of 60% or more within 4 times the data. "
        "Stays ahead: the other one overtakes with at most 10%. Open: anything in between."
    ),
    "more.no_crossovers": "No model overtakes another within the sizes measured or predicted.",
    "more.open_pairs": "{n} pairs without a crossover",
    "more.switch": "Switching code",
    "more.switch_explain": (
        "A code may use another model for each block of labels: the best way through the models as "
        "the data grow. It saves {saved} bits ({interval}) against {learner} alone; the first "
        "block, which costs every model the same, is left out."
    ),
    "more.step": "{start} to {end} labels",
    "more.last_step": "from {start} labels",
    "more.loss": "test loss",
    "more.error": "error rate",
    # Chapter: learning curves
    "curves.explain": (
        "Each line is a model, each band its 95% interval over repeats. Point at a line for its "
        "numbers."
    ),
    "curves.few": " With fewer than 3 repeats, means are shown without a band.",
    "curves.split": "Training against test",
    "curves.split_explain": (
        "Training loss (dashed, hollow) and test loss (solid), in bits per label, on common axes. "
        "A gap that is wide and grows means overfitting; two high lines that meet mean a bias that "
        "is too strong for these data."
    ),
    "curves.code": "Code length",
    "curves.code_explain": (
        "All labels up to n, sent one block after another: each block is predicted by the model "
        "trained on the blocks before it. A model with the right bias pays less for its first "
        "labels. The last point of a line is its position on the leaderboard."
    ),
    # Chapter: cues
    "cues.strength": "Structures",
    "cues.strength_explain": (
        "How many bits per label a model loses when one structure of the data is shuffled, in "
        "training and test alike, with no information removed. A large number: the model uses that "
        "structure, and the data have it. ▲ and bold: the 95% interval lies above 0; ▼ and bold: "
        "below 0; grey: it contains 0."
    ),
    "cues.reliance": "Cues",
    "cues.reliance_explain": (
        "These transforms remove information, so a loss says which cues a model relies on, not "
        "which bias it has. Bits per label, read as above."
    ),
    "cues.measures": "Inside the networks",
    "cues.measures_explain": (
        "Measured on the networks trained on intact data, at each model's largest size, on up to "
        "256 test examples without their labels. Intervals are over repeats."
    ),
    # Chapter: data
    "data.classes": "Classes",
    "data.more": "{n} more classes are not shown.",
    "data.quantity": "The target is a quantity from {low} to {high}{std}.",
    "data.std": " (standard deviation {std})",
    "data.examples": "A few examples",
    "data.columns": "Columns ({n})",
    "data.unused": "not used",
    "data.dropped": "{n} examples dropped: {reason}",
    "data.notes": "What was skipped, filled or resized",
    # Chapter: checks
    "checks.validity": "Tests with a known answer",
    "checks.validity_explain": (
        "Tests on these very data whose answers are known in advance: {passed} of {n} passed."
    ),
    "checks.validity_failed": " Read the conclusions with the failed ones in mind.",
    "checks.passed": "passed",
    "checks.failed": "failed",
    "checks.no_power": "no power",
    "checks.held": "held",
    "checks.range": "{low} to {high}",
    "checks.audit": "Forecasts of hidden sizes",
    "checks.audit_explain": (
        "Before anything was extrapolated, the largest sizes were hidden and predicted from the "
        "smaller ones: {held} of {n} predictions held."
    ),
    "checks.audit_refused": " Nothing is extrapolated for {learners}.",
    "checks.dropped": "Left the race early",
    "checks.dropped_explain": (
        "These models stopped at a smaller size, because even their best case was worse than the "
        "first."
    ),
    "checks.failed_runs": "Failed runs",
    "checks.failed_explain": "These runs are in no figure and no table.",
    "checks.unresolved": "Missing runs",
    "checks.causes": "Why: {causes}.",
    # Chapter: reproduce
    "reproduce.command": "Command",
    "reproduce.digest": "Digest of the plan: `{digest}`.",
    "reproduce.same": (
        "The same command with the same seed gives the same numbers, up to floating-point "
        "tolerance."
    ),
    "reproduce.recipes": "Recipes",
    "reproduce.recipes_explain": "The training settings that differ between models.",
    "reproduce.common": "The same for all models",
    "sheet.tuning": "Tuning",
    "sheet.versions": "Versions",
    "sheet.hardware": "Hardware",
    "tuning.trials": "trials per model",
    "tuning.chosen_on": "chosen on",
    # Structures
    "structure.intact": "intact",
    "structure.permuted": "positions shuffled",
    "structure.within-patches": "shuffled within patches",
    "structure.between-patches": "patches shuffled",
    "structure.time-permuted": "time order shuffled",
    "structure.channels-permuted": "channels shuffled",
    "structure.random-labels": "random labels",
    "structure.shifted": "randomly shifted",
    "structure.turned": "randomly rotated",
    "structure.rotated": "randomly rotated",
    "structure.blurred": "blurred",
    "structure.cropped": "cropped",
    "structure.patches-dropped": "patches dropped",
    # Terms
    "term.model": "Model (learner)",
    "term.model.text": (
        "An architecture with everything that decides what it learns: initial weights, optimiser, "
        "regularisation, augmentation, stopping. A bias belongs to the whole learner."
    ),
    "term.repeat": "Repeat",
    "term.repeat.text": (
        "One random order of the data with its own initial weights. All models and structures "
        "share the same repeats, so differences are paired."
    ),
    "term.interval": "Interval",
    "term.interval.text": (
        "95%, over repeats. Two intervals that overlap a little can still differ clearly, because "
        "repeats are paired; the answer uses the paired differences."
    ),
    "term.code_length": "Bits per label (code length)",
    "term.code_length.text": (
        "Each block of labels is predicted by the model trained on the blocks before it, with "
        "everything chosen inside those blocks; the bits are what the true labels cost under these "
        "predictions. It rewards learning early and well-calibrated probabilities."
    ),
    "term.code_length_quantity": "Bits per label (code length)",
    "term.code_length_quantity.text": (
        "Each block of targets is predicted by the model trained on the blocks before it; the bits "
        "are minus log2 of the predicted density of the standardised target. Only differences have "
        "a meaning; values below 0 are possible."
    ),
    "term.fit": "Fit",
    "term.fit.text": (
        "1 minus code length over the cost of guessing: 0 is guessing, 1 would be knowing all "
        "labels at once."
    ),
    "term.test_loss": "Test loss",
    "term.test_loss.text": (
        "Bits per label on test examples, after calibration inside the training data. A confident "
        "wrong answer costs many bits."
    ),
    "term.best": "Best in resamples",
    "term.best.text": (
        "The share of resampled sets of repeats in which the model has the shortest code."
    ),
    "term.strength": "Strength of a bias",
    "term.strength.text": (
        "Rise of the bits per label when a structure is shuffled by a transform that keeps all "
        "information. Near 0 means that the model lacks the bias or the data lack the structure."
    ),
    "term.equivalence": "Data-equivalence",
    "term.equivalence.text": (
        "How many times as many labels one model needs to do as well as another at n labels."
    ),
    "term.crossover": "Crossover",
    "term.crossover.text": (
        "The size from which one model is better than another. It is withheld for models whose "
        "hidden sizes were predicted badly."
    ),
    "term.gap": "Generalisation gap",
    "term.gap.text": "Test loss minus training loss.",
    # The terminal
    "terminal.details": "Add `--details` for all tables, or open the report.",
    "terminal.report": "Report: {path}",
    "terminal.interval": "Next to each number its 95% interval; fewer bits per label are better.",
    "terminal.strength": "Bits per label lost when a structure is shuffled",
    "terminal.star": "* the 95% interval does not contain 0",
    "terminal.verdict": "Verdict",
    "terminal.recommendation": "Recommendation",
    "terminal.notes": "Notes",
    "terminal.time": "Time",
    "terminal.best": "Best",
}
