"""English words of the page's chapters, of structures and terms, by key; see `wording.page.t`."""

CHAPTERS: dict[str, str] = {
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
    # Chapter: behaviour
    "behaviour.explain": (
        "Read off their networks, trained on intact data at their largest size; the numbers are in "
        "the tables under Inside the networks."
    ),
    "behaviour.size": "trained on {n} labels",
    "behaviour.more": (
        "`priorscope profile` measures more of them: locality, layers, attention, frequencies, "
        "order, memorisation; side by side and before training."
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
    "checks.audit_missed": " Some missed for {learners}; lean less on what is predicted for them.",
    "models.dropped": "Left the race, so that their curves end there: {list}.",
    "models.later": (
        " Points of {learners} beyond that are of runs that check this decision, or that shuffled "
        "data are compared with."
    ),
    "checks.dropped": "Left the race early",
    "checks.dropped_explain": (
        "These models stopped at a smaller size, because even their best case was worse than the "
        "first: so many times its error or, where that was asked, its code length. Once in a race "
        "one of them is trained at a larger size to check that."
    ),
    "checks.failed_runs": "Failed runs",
    "checks.failed_explain": "These runs count in no figure and no estimate.",
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
    "reproduce.recipes_lacking": "A dash: the model trains itself and has no such setting.",
    "reproduce.common": "The same for all models",
    "reproduce.common_trained": "The same for all models that have it",
    "sheet.tuning": "Tuning",
    "sheet.versions": "Versions",
    "sheet.hardware": "Hardware",
    "tuning.trials": "trials per model",
    "tuning.chosen_on": "chosen on",
    "recipe.learning_rate": "learning rate",
    "recipe.weight_decay": "weight decay",
    "recipe.batch": "batch",
    "recipe.least_batch": "batch of few examples, at least",
    "recipe.steps": "steps",
    "recipe.epochs": "epochs",
    "recipe.passes": "passes at most",
    "recipe.plan": "plan",
    "recipe.patience": "patience",
    "recipe.augment": "augment",
    "recipe.resolution": "resolution",
    "recipe.tokens": "tokens read",
    "hardware.machine": "machine",
    "hardware.cores": "cores",
    "hardware.device": "device",
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
    "structure.rotated-tests": "tests rotated",
    "structure.shifted-tests": "tests shifted",
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
    "term.best": "Best or tied",
    "term.best.text": (
        "How probably no model is better by more than the indifference, by the metric that was "
        "asked for and at the number of labels that the answer is about; so these may sum to more "
        "than 100%. `Fewest bits or tied` is the same by code length."
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
        "The size from which one model is better than another, measured or predicted."
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
    "terminal.best": "Fewest bits",
}
