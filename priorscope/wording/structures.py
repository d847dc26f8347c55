"""How structures are called: a title for tables, and phrases for sentences."""

TITLES = {
    "intact": "intact",
    "permuted": "positions shuffled",
    "within-patches": "shuffled within patches",
    "between-patches": "patches shuffled",
    "time-permuted": "time order shuffled",
    "channels-permuted": "channels shuffled",
    "random-labels": "random labels",
    "shifted": "randomly shifted",
    "rotated": "randomly rotated",
    "turned": "randomly rotated",
    "blurred": "blurred",
    "cropped": "cropped",
    "patches-dropped": "patches dropped",
}
PHRASES = {  # what it uses, what takes it away
    "permuted": ("the position of its inputs", "shuffling the positions"),
    "within-patches": ("fine detail", "shuffling within patches"),
    "between-patches": ("the layout of patches", "shuffling the patches"),
    "time-permuted": ("order", "shuffling the order"),
    "channels-permuted": ("the order of the channels", "shuffling the channels"),
    "shifted": ("absolute position", "shifting each example at random"),
    "rotated": ("orientation", "rotating each example at random"),
    "turned": ("orientation", "rotating each example at random"),
    "blurred": ("fine detail", "blurring"),
    "cropped": ("the border", "cropping"),
    "patches-dropped": ("every patch", "dropping patches"),
}


def title(name: str) -> str:
    """`within-patches:4` -> `shuffled within patches (4)`; other names stay as they are."""
    kind, _, options = name.partition(":")
    words = TITLES.get(kind, kind)
    return f"{words} ({options})" if options else words


def phrases(name: str) -> tuple[str, str]:
    """What a learner uses, and what takes it away: `("orientation", "rotating …")`."""
    kind, _, options = name.partition(":")
    used, without = PHRASES.get(kind, (kind, f"removing {kind}"))
    return used, f"{without} ({options})" if options else without
