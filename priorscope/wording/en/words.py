"""English of what many sentences share: numbers, lists, structures, what networks do, checks."""

WORDS: dict[str, str] = {
    # Numbers and lists
    "number.to": " to ",
    "number.range": "{low} to {high}",
    "number.shares": "{low}% to {high}%",
    "number.least": "at least {low}",
    "number.most": "at most {high}",
    "number.below": "< {value}",
    "number.above": "> {value}",
    "time.seconds": "{s} s",
    "time.minutes": "{m} min {s:02d} s",
    "time.hours": "{h} h {m:02d} min",
    "list.and.two": "{first} and {last}",
    "list.and.many": "{first} and {last}",
    "list.or.two": "{first} or {last}",
    "list.or.many": "{first} or {last}",
    "list.then.two": "{first} then {last}",
    "list.then.many": "{first} then {last}",
    # What a structure is good for, and what takes it away
    "used.other": "{name}",
    "without.other": "removing {name}",
    "used.permuted": "the position of its inputs",
    "without.permuted": "shuffling the positions",
    "used.within-patches": "fine detail",
    "without.within-patches": "shuffling within patches",
    "used.between-patches": "the layout of patches",
    "without.between-patches": "shuffling the patches",
    "used.time-permuted": "order",
    "without.time-permuted": "shuffling the order",
    "used.channels-permuted": "the order of the channels",
    "without.channels-permuted": "shuffling the channels",
    "used.shifted": "absolute position",
    "without.shifted": "shifting each example at random",
    "used.rotated": "orientation",
    "without.rotated": "rotating each example at random",
    "used.turned": "orientation",
    "without.turned": "rotating each example at random",
    "used.blurred": "fine detail",
    "without.blurred": "blurring",
    "used.cropped": "the border",
    "without.cropped": "cropping",
    "used.patches-dropped": "every patch",
    "without.patches-dropped": "dropping patches",
    # What the cheap measures of a comparison say
    "behaviour.shift": "a shift by one position",
    "behaviour.mirror": "mirroring",
    "behaviour.rotation": "a quarter turn",
    "behaviour.reversal": "reversal",
    "behaviour.order": "the order of its input",
    "behaviour.ignores": "It ignores {changes}.",
    "behaviour.moves": (
        "Its answers move after {changes}; 100% is as far as to another example's."
    ),
    "behaviour.change": "{change} ({share})",
    "behaviour.frequency": (
        "It relies most on {band} frequencies: without them its answers move by {share}."
    ),
    "behaviour.reach": "Its attention reaches {share} as far as if it attended to all alike.",
    "behaviour.reaches": (
        "Its attention reaches {first} in its first block and {last} in its last as far as if it "
        "attended to all alike."
    ),
    "frequency.low": "low",
    "frequency.middle": "middle",
    "frequency.high": "high",
    # Measures and their numbers
    "measure.attention-distance": "attention distance",
    "measure.frequency": "frequency",
    "measure.symmetry": "symmetry",
    "quantity.shift": "shift",
    "quantity.mirror": "mirror",
    "quantity.rotation": "rotation",
    "quantity.reversal": "reversal",
    "quantity.order": "order",
    "quantity.low": "low",
    "quantity.middle": "middle",
    "quantity.high": "high",
    "quantity.block": "block {n}",
    "split.test": "test",
    "split.train": "train",
    # Tests with a known answer, and why runs are missing
    "check.random-labels": "{learner} can't compress random labels",
    "check.invariance": "{learner} is invariant to {structure}",
    "check.random-labels.meaning": (
        "Code length of random labels over n log2 K, n = {n}, {repeats}. Below the bounds "
        "labels leak; above, bits are wasted."
    ),
    "check.one_repeat": ("One repeat says nothing about its own noise: two or more are needed."),
    "check.invariance.meaning": (
        "Its code length changes by {value} bits per label; the interval must contain 0. Only a "
        "change beyond {half} can be noticed.{few}"
    ),
    "check.few": " Two repeats have little power: run 3 or more.",
    "reason.budget_ended": "the budget ended before these runs",
    # What a race says of itself
    "race.by": "{size} labels by {time}",
    "race.later": "{size} would need {time}, most of it for {learner}",
}
