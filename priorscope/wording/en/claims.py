"""The claims book's words in English."""

CLAIMS: dict[str, str] = {
    "title": "The claims book",
    "brand": "claims",
    "skip": "Skip to the verdicts",
    "intro": (
        "What people say about inductive bias, each sentence run as an experiment. The prediction "
        "was written before any run; every verdict is computed from the rows of the runs."
    ),
    "overview": "All verdicts",
    "overview_explain": (
        "Supported and refuted need an interval on one side in at least half of the conditions (in "
        "all of them where the sentence names each), and on the other side in none; where "
        "conditions disagree it depends on what tells them apart; everything else is undecided, "
        "and so is a claim whose null or positive control doesn't come out as it must."
    ),
    "claim": "claim",
    "number": "no.",
    "effect_head": "effect",
    "interval": "95% interval",
    "n": "repeats",
    "said_by": "Who says it",
    "prediction": "Predicted before the run",
    "done": "What was done",
    "change": "What would change it",
    "controls": "Controls",
    "controls.null": "1 null",
    "controls.nulls": "{count} nulls",
    "controls.no_null": "No null.",
    "controls.control": "1 positive control",
    "controls.controls": "{count} positive controls",
    "controls.no_control": "No positive control.",
    "controls.both": "{null} and {control}",
    "controls.none": "No null and no positive control.",
    "controls.passed": "{counted}, as it must.",
    "controls.all_passed": "{counted}, all as they must.",
    "controls.failed": "{counted}; not as it must: {controls}.",
    "cost": "{preset}: {runs} runs, {seconds} of one core.",
    "lacking": "Not tested on {lacking}: give the folder that holds it with --data.",
    "figure": (
        "In the figures a point is a mean and the thick line its 95% interval; an arrow leads to "
        "what lies beyond the axis. The upright line is 0, dotted ones show from where it matters."
    ),
    "table": "effects, {unit}: {name}",
    "effects": "Effects with their intervals ({count})",
    "estimate": "{center} ({low} to {high})",
    "compared": "compared",
    "decision": "result",
    "role.test": "test",
    "role.null": "null",
    "role.control": "positive control",
    "role.context": "for comparison",
    "decision.yes": "for it",
    "decision.no": "against it",
    "decision.open": "open",
    "decision.passed": "as it must",
    "decision.failed": "not as it must",
    "method": (
        "Estimates are means over paired repeats with Student's t; {level} intervals. The tests of "
        "one verdict are decided at 95% for all of them together (Bonferroni), which the figure's "
        "thin lines show; nulls at 99%. Where a margin is named, what speaks for a sentence is "
        "above 0 for sure and by its estimate at least as large as that. "
        "Learners get the same updates and the same trials of their rate."
    ),
    "hardware": "Run on {hardware}.",
    "made": "Made by priorscope on {written}, from stored rows.",
    "verdict.supported": "supported",
    "verdict.refuted": "refuted",
    "verdict.depends": "depends on {on}",
    "verdict.undecided": "undecided",
    "verdict.none": "no verdict",
    "repeats": "{low} to {high}",
    "sentence.supported": ("Supported: {effect}{across}, {n} paired repeats."),
    "sentence.refuted": "Refuted: {effect}{across}, {n} paired repeats.",
    "sentence.depends": "It depends on {on} ({repeats} paired repeats).",
    "sentence.differ": (
        "Supported: conditions disagree, told apart by {on} ({repeats} paired repeats)."
    ),
    "sentence.undecided": (
        "Undecided: {decided} of {count} conditions could be decided; {effect}, {n} paired repeats."
    ),
    "factor.compared": "what is compared",
    "factor.data": "the data",
    "factor.labels": "the number of labels",
    "factor.distance": "the distance",
    "factor.none": "the condition",
    "together": "{first} and {last}",
    "either": "{first} or {last}",
    "either.of_several": "{first}, or {last}",
    "across": ", mean of {count} conditions",
    "sentence.failed": "A control didn't come out as it must: {controls}.",
    "sentence.yes": "In favour: {names}.",
    "sentence.no": "Against: {names}.",
    "sentence.open": "Open: {names}.",
    "and_more": "; and {count} more",
    "effect": "{center} {unit} ({low} to {high})",
    "effect.same": "{center} {unit}",
    "more_repeats": "About {repeats} repeats would decide what is open now.",
    "more_repeats_hopeless": (
        "No practical number of repeats would decide what is open now: it's as good as on the "
        "line between for and against."
    ),
    "needed": "They need about {seconds} more on this machine; give a larger --budget.",
    "why.skipped": "It needs {lacking}: give the folder that holds it with --data.",
    "why.module": "It needs the Python package {reason}.",
    "why.unfinished": "The budget ended with {done} of {runs} runs done. {needed}",
    "why.failed": "It failed: {reason}",
    "unit.bits": "bits per label",
    "unit.accuracy": "of accuracy",
    "unit.gap": "bits between test and training",
    "unit.doublings": "doublings of the labels",
    "unit.error": "of the largest value",
    "unit.correlation": "of squared correlation",
    "unit.count": "tokens",
    "unit.ratio": "of its value",
    "axis.bits": "bits per label",
    "axis.accuracy": "accuracy",
    "axis.gap": "bits between test and training",
    "axis.doublings": "doublings of the labels",
    "axis.error": "share of the largest value",
    "axis.correlation": "squared correlation",
    "axis.count": "tokens",
    "axis.ratio": "relative difference",
    "why.unprepared": (
        "The budget ended before what its runs need was prepared; give a larger --budget."
    ),
}
