"""English of what commands print: how data were read, plans, progress, tables of curves."""

TERMINAL: dict[str, str] = {
    # How data were read
    "read.examples": (
        "{train} training and {test} test examples ({source}); {kind}, {shape}, values {low} to "
        "{high}."
    ),
    "read.kind.vector": "vector",
    "read.kind.series": "series",
    "read.kind.image": "image",
    "read.kind.tokens": "tokens",
    "read.kind.text": "text",
    "read.quantity": "Target: a quantity from {low} to {high}.",
    "read.classes": "{n} classes: {list}.",
    "read.columns": "Columns used ({n}): {list}.",
    "read.columns_parts": "Columns that aren't inputs: {list}.",
    "read.columns_left": "Columns left out ({n}): {list}.",
    "read.unknown_tokens": "{share} of the tokens are unknown to the tokenizer.",
    "read.dropped": "Dropped: {n} examples, {reason}.",
    "read.information": "Information: {text}",
    "read.warning": "Warning: {text}",
    "read.more": " and {n} more",
    "read.title": "What was read from {name}",
    "read.samples": "A few training examples",
    # The plan of a comparison
    "dry.learner": "learner",
    "dry.parameters": "parameters",
    "dry.multiply_adds": "multiply-adds",
    "dry.step": "ms per step",
    "dry.runs": "runs",
    "dry.seconds": "seconds",
    "dry.runs_of": (
        "{n} runs ({done} done already): sizes {sizes}; {repeats} repeats; structures {structures}."
    ),
    "dry.time.one": "About {time} with {n} worker: {start} to start, {report} for the report.",
    "dry.time.many": "About {time} with {n} workers: {start} to start, {report} for the report.",
    "dry.untimed": "Not counted, as they haven't run here: {learners}.",
    "dry.race": "That is the full grid; the race runs a part of it.",
    "dry.race_ends": (
        "That is the full grid; the race runs a part of it, and all is done after {time}, start "
        "and report included."
    ),
    "shard.others": (
        "Shard {shard} ended while others are at work on the same folder: these are the rows so "
        "far, and the last at work makes the report."
    ),
    "shard.nothing": "Shard {shard} has nothing left to do; the last at work makes the report.",
    # The end of a command
    "cli.interrupted": "interrupted; the same command continues.",
    "cli.unexpected": "unexpected {fault}; --debug shows where. What was finished is kept.",
    "cli.unwritable": (
        "{place} can't be read or written ({why}); repair that, or choose another place. What "
        "was finished is kept, and the same command continues."
    ),
    "cli.a_file": "a file",
    "cli.usage": "{problem}; --help lists what there is.",
    "cli.did_you_mean": "Did you mean {near}?",
    "cli.nul": "A path can't hold a NUL character; name another.",
    "log.done": "Logged to {place}",
    "log.failed": (
        "Logging to {tracker} ended early ({problem}). The comparison is none the worse; the same "
        "command logs what is missing."
    ),
    "log.silent": "it didn't answer within {time} s",
    "predict.done": "{n} predictions in {path}",
    # `priorscope plan`
    "plan.goal.accuracy": "an accuracy of {target}",
    "plan.goal.rmse": "an {on} of {target}",
    "plan.goal.other": "a {on} of {target}",
    "plan.beyond": "beyond 8 × the data",
    "plan.labels.more": "more than {low} labels (90%)",
    "plan.labels.alone": "about {n} labels",
    "plan.labels.about": "about {n} labels ({low} to {high})",
    "plan.too_few": "not known yet, as no model has been measured at 3 sizes",
    "plan.value": "{value} ({low} to {high})",
    "plan.value_untested": "{value} ({low} to {high}; never tested that far)",
    "plan.for_all": "For {goal}, with 80% intervals: {list}.",
    "plan.all_with_labels": "With {asked} labels, with 80% intervals: {list}.",
    "plan.reached": (
        "Collect nothing: {learner} has {goal} with the {n} labels there are, with a probability "
        "of {odds}."
    ),
    "plan.collect": "Collect more: {needs}",
    "plan.beyond_needs": "More labels alone are unlikely to do: {needs}",
    "plan.needs": (
        "{learner} needs {labels} for {goal}; with 4 × the data the probability is {odds}."
    ),
    "plan.needs_more": "{goal} is {labels} of {learner}; with 4 × the data: {odds}.",
    "plan.with_labels": "With {asked} labels {learner} is expected to have {metric} {value}.",
    "plan.labels_beyond": (
        "Nothing can be said of {asked} labels: forecasts go from the smallest size, {least}, to 8 "
        "times the largest, {most}."
    ),
    "plan.change_then": (
        "Change the model then: {best_now} is ahead now, but isn't expected to be with so many."
    ),
    "plan.keep_then": "Keep the model: none of the {tried} that were tried is expected ahead.",
    "plan.change": (
        "Change the model as you collect: {learner} needs fewer labels than {best_now}, which is "
        "ahead now: {labels} for {goal}."
    ),
    "plan.keep": "Keep the model: none of the {tried} that were tried needs fewer labels.",
    "plan.keep_one": "{learner} is the only model that was tried; others may need fewer labels.",
    "plan.cost": ", {time}",
    "plan.run": (
        "To know it better: one more repeat of {learner} at {n} labels is expected to remove "
        "{share} of the answer's variance{cost}."
    ),
    # Progress of a comparison
    "progress.reading": "reading the data",
    "progress.training": "training",
    "progress.advice": (
        "This will take at least {time} more. Stop it whenever you like: the same command "
        "resumes. --budget 10m answers with what ten minutes allow, --preset quick plans less."
    ),
    "progress.runs": "{what}: {done} of {runs} runs, {time} s",
    "status.running": "Running",
    "status.finished": "Finished",
    "status.stopped": "Stopped; the same command continues",
    "status.done": "{state}: {done} runs done",
    "status.done_of": "{state}: {done} of {planned} runs done",
    "status.failed": "{n} failed",
    "status.left": "about {time} left",
    "status.process": (
        "{host} (process {pid}): {backend}, shard {shard}, {lanes} at once, {n} runs in flight"
    ),
    "status.failed_because": "failed: {reason}",
    "status.column.runs": "last runs",
    "status.column.structure": "structure",
    "status.column.n": "n",
    "status.column.repeat": "repeat",
    "status.column.state": "state",
    "status.column.bits": "bits",
    "status.column.test": "test",
    "status.state.done": "done",
    # Tables of `priorscope curves`
    "on.loss": "loss",
    "on.error": "error",
    "on.train_loss": "train_loss",
    "on.accuracy": "accuracy",
    "on.rmse": "rmse",
    "on.mae": "mae",
    "table.more": "{n} more rows: --json",
    "table.on": "on",
    "table.data": "data",
    "table.n": "n",
    "table.median": "median",
    "table.interval80": "80% interval",
    "table.interval95": "95% interval",
    "table.forecasts": "Forecasts",
    "table.crossovers": "Crossovers",
    "table.verdict": "verdict",
    "table.within4": "P(within 4 ×)",
    "table.not_before": "not before (90%)",
    "table.equivalence": "Data-equivalence",
    "table.worth": "worth (95%)",
    "table.saturation": "Saturation",
    "table.fall": "fall per doubling (95%)",
    "table.paid": "paid before beating chance",
    "table.times": "{times} ×",
    "table.times_untested": "{times} × (never tested)",
    "table.overtakes": "{late} overtakes {early}",
    "table.ahead": "{early} stays ahead of {late}",
    "table.in_data_of": "{a} in data of {b}",
    "table.beyond": "> 8 × the data",
    "table.never": "never",
    "table.beyond_8": "beyond 8 × the data",
    "verdict.observed": "observed",
    "verdict.likely overtakes": "likely overtakes",
    "verdict.open": "open",
    "verdict.stays ahead": "stays ahead",
    "verdict.unknown": "unknown",
    "verdict.predicted": "predicted",
    "verdict.beyond support": "beyond support",
    "verdict.undecided": "undecided",
    "verdict.never": "never",
    "verdict.falling": "falling",
    "verdict.saturated": "saturated",
    "verdict.rising": "rising",
    "verdict.bound": "bound",
    # The page of `priorscope curves`
    "curves_page.title": "Learning curves: {title}",
    "curves_page.caption": "{on}: lines are fitted (dashed: predicted), bands are 80% intervals.",
    "curves_page.learner": "Learner",
    "curves_page.never_tested": "(never tested)",
    "curves_page.who": "Who overtakes whom",
    "curves_page.behind": "Behind now",
    "curves_page.ahead": "Ahead now",
    "curves_page.observed": "observed at {n}",
    "curves_page.basis": (
        "Intervals and probabilities hold for curves that go on as such curves do: the constants "
        "come from 1,915 curves of 111 data sets. See docs/curves.md."
    ),
    "curves_page.chart": "Learning curves with forecasts, {on}",
    "curves_page.axis": "training examples",
}
