"""The summary of a made comparison, as JSON: its tables, row by row."""

import math

LEARNERS = [
    "transformer",
    "cnn+shift",
    "gru",
    "합성곱 신경망",
    '<script>alert("1")</script>',
    "vit:width=192,depth=12,num_heads=3,patch=4,dropout=0.1+shift+rotate+layernorm",
    'it\'s "quoted" & </style>',
    "linear",
]


SIZES = [125, 250, 500, 1000, 2000, 4000, 8000]


STRUCTURES = [
    "intact",
    "permuted",
    "within-patches:4",
    "between-patches:4",
    "time-permuted",
    "channels-permuted",
    "random-labels",
    "shifted",
    "rotated",
]


PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgABc3UBGAAAAABJRU5ErkJggg=="
)


CHANCE = math.log2(10)


REPEATS = 5


def interval(mean, half):
    method = "mean, Student's t over repeats"
    ends = {"low": mean - half, "high": mean + half}
    return {"center": mean, **ends, "n": REPEATS, "method": method}


def bits(place, structure, n):
    """Falls from guessing towards a floor; better learners fall faster, random labels never."""
    if structure == "random-labels":
        return CHANCE * 1.004
    loss = (
        0.25
        + 0.22 * place
        + (0.05 * (7 - place) if structure not in ("intact", "channels-permuted") else 0)
    )
    return loss + (CHANCE - loss) * (1 + n / 160) ** -(0.9 - 0.06 * place)


def curve_row(place, structure, n):
    test = bits(place, structure, n)
    accuracy = 0.1 + 0.88 * (1 - test / (CHANCE * 1.01))
    half = 0.5 / math.sqrt(n)
    return {
        "learner": LEARNERS[place],
        "structure": structure,
        "n": n,
        "repeats": REPEATS,
        "test_bits": interval(test, 2 * half),
        "uncalibrated_test_bits": interval(test * 1.3, 3 * half),
        "train_bits": interval(test * 0.5, half),
        "accuracy": interval(accuracy, half),
        "train_accuracy": interval(min(1.0, accuracy * 1.2), half / 2),
    }


def strength(place, structure):
    value = bits(place, structure, 8000) - bits(place, "intact", 8000)
    return {
        "learner": LEARNERS[place],
        "structure": structure,
        "bits_per_label": interval(value - 0.01 * (place % 3), 0.02),
    }


def leaderboard_row(place):
    last = bits(place, "intact", 8000)
    code = 0.4 * CHANCE + 0.6 * last
    return {
        "learner": LEARNERS[place],
        "code_bits_per_label": interval(code, 0.03 + 0.01 * place),
        "fit": interval(1 - code / CHANCE, 0.01),
        "accuracy": interval(0.1 + 0.88 * (1 - last / CHANCE), 0.008),
        "test_bits": interval(last, 0.02),
        "behind": interval(code - 1.532, 0.01 + 0.004 * place),
        "probability_best": [0.93, 0.07, 0.004, 0, 0, 0, 0, 0][place],
        "parameters": 7850 * 3 ** (8 - place),
        "seconds": 410 / (place + 1) ** 2,
    }


TARGETS = [0.5 * 0.8**k for k in range(16)]


def error(place, n):
    """A power law; twice the place takes more labels."""
    return 0.5 * (n / 125) ** -(0.5 - 0.05 * place)


def reach(place, target):
    """Labels that the power law needs, 20% to either side; none beyond 8 times the data."""
    n = 125 * (0.5 / target) ** (1 / (0.5 - 0.05 * place))
    ends = {"low80": n / 1.2, "median": n, "high80": n * 1.2}
    reached = {key: value if value <= 64_000 else None for key, value in ends.items()}
    known = {"learner": LEARNERS[place], "on": "error", "target": target}
    return {**known, **reached, "probability_4x": float(n <= 32_000)}


def extras():
    """The keys beyond the first contract: every section has something to show."""
    places = range(len(LEARNERS))
    pairs = [(a, b) for a in places for b in places if a < b]
    return {
        "chance_bits": CHANCE,
        "notes": ["3 images could not be read and were skipped: <b>a.png</b>, b.png, c.png."],
        "cue_reliance": [
            {"learner": name, "structure": kind, "bits_per_label": interval(0.3 - 0.05 * i, 0.08)}
            for i, name in enumerate(LEARNERS)
            for kind in ("blurred", "cropped", "patches-dropped")
        ],
        "measures": [
            {
                "learner": name,
                "measure": "symmetry",
                "quantity": quantity,
                "n": n,
                "value": interval(0.1 * (i + 1), 0.05),
            }
            for i, name in enumerate(LEARNERS)
            for quantity in ("shift", "mirror <i>", "turn")
            for n in SIZES[: 3 + i]
        ],
        "measured": {"symmetry": "How much answers change. 0: <b>not</b> at all; 1: wholly."},
        "cost": [
            {
                "learner": name,
                "parameters": 7850 * 3 ** (8 - i),
                "multiply_adds": 15_000 * 4 ** (8 - i),
                "seconds": 410 / (i + 1) ** 2,
                "runs": 315,
            }
            for i, name in enumerate(LEARNERS)
        ],
        "code_length": [
            {
                "learner": name,
                "n": n,
                "bits": interval(n * (0.4 * CHANCE + 0.6 * bits(i, "intact", n)), 0.05 * n**0.7),
            }
            for i, name in enumerate(LEARNERS)
            for n in SIZES
        ],
        "validity": [
            {
                "name": "permutation null of linear",
                "value": 0.002,
                "low": -0.011,
                "high": 0.012,
                "passed": True,
                "meaning": "A linear model can't see the order of positions.",
            },
            {
                "name": "random labels",
                "value": 3.47,
                "low": 3.25,
                "high": 3.39,
                "passed": False,
                "meaning": "Labels without a rule cost log2 of the number of classes, within 2%.",
            },
        ],
        "equivalence": [
            {
                "a": LEARNERS[a],
                "b": LEARNERS[b],
                "n": n,
                "on": on,
                "ratio": interval(1.4 ** (b - a) * (n / 1000) ** 0.1, 0.3),
                "kind": "observed" if n < 4000 else "predicted",
            }
            for a, b in pairs
            for n in SIZES
            for on in ("loss", "error")
        ],
        "crossovers": [
            {
                "overtaking": LEARNERS[b],
                "overtaken": LEARNERS[a],
                "on": on,
                "verdict": verdict,
                "n": {
                    "median": 21000.0,
                    "low50": 17000.0,
                    "high50": 28000.0,
                    "low80": 14000.0,
                    "high80": 41000.0,
                    "low95": 11000.0,
                    "high95": 80000.0,
                }
                if verdict in ("observed", "predicted", "beyond support")
                else None,
                "probability_never": 0.12 * i,
            }
            for i, ((a, b), on, verdict) in enumerate(
                zip(
                    pairs,
                    ["loss", "error"] * 20,
                    ["observed", "predicted", "beyond support", "never", "undecided"] * 2,
                    strict=False,
                )
            )
        ],
        "audit": [
            {
                "learner": name,
                "n": n,
                "predicted": interval(0.5 + 0.1 * i, 0.05),
                "seen": interval(0.52 + 0.1 * i, 0.02),
                "passed": i != 4,
            }
            for i, name in enumerate(LEARNERS)
            for n in (4000, 8000)
        ],
        "saturation": [
            {
                "learner": name,
                "on": "loss",
                "n": 8000.0,
                "fall_per_doubling": interval(0.2 - 0.025 * i, 0.03),
                "verdict": "falling" if i < 7 else "undecided",
                "catch_up": {
                    "bits": interval(900.0 + 100 * i, 80),
                    "share": interval(0.05 + 0.01 * i, 0.01),
                    "code_length": interval(14000.0, 500),
                    "beats_chance_at": 250.0 if i < 6 else None,
                    "basis": "prequential blocks",
                }
                if i
                else None,
                "gap": None,
            }
            for i, name in enumerate(LEARNERS)
        ],
        "switch": {
            "bits": interval(11_000.0, 300),
            "best_single": {"learner": LEARNERS[0], "bits": interval(11_420.0, 300)},
            "saved": interval(420.0, 60),
            "path": [
                {"learner": LEARNERS[7], "start": 125.0, "to": 500.0},
                {"learner": LEARNERS[0], "start": 500.0, "to": None},
            ],
            "changes": [500.0],
            "basis": "prequential blocks",
            "reason": None,
        },
        "recommendation": [
            "At 8,000 examples use transformer; cnn+shift is near it and 4 times faster.",
            "With twice the data the order of the first two stays as it is with 81% probability.",
            "To separate gru from cnn+shift, 3 more repeats cost about 4 min: `--repeats 8`.",
        ],
        "fits": [
            {
                "learner": name,
                "n": n,
                "median": bits(i, "intact", n),
                "low": bits(i, "intact", n) * 0.95,
                "high": bits(i, "intact", n) * (1.05 if n <= 8000 else 1.2),
                "kind": "observed" if n <= 8000 else "predicted",
            }
            for i, name in enumerate(LEARNERS)
            for n in [*SIZES, 16000, 32000]
        ]
        + [
            {
                "learner": name,
                "on": "error",
                "n": n,
                "median": error(i, n),
                "low": error(i, n) * 0.9,
                "high": error(i, n) * 1.1,
                "low80": error(i, n) * 0.95,
                "high80": error(i, n) * 1.05,
                "kind": "observed" if n <= 8000 else "predicted",
            }
            for i, name in enumerate(LEARNERS)
            for n in [*SIZES, 16000, 32000]
        ],
        "forecasts": [
            {"learner": name, "on": "error", "n": 8000.0, "sizes": 7, "repeats": 5, "ahead": []}
            for name in LEARNERS
        ],
        "reach": [reach(i, target) for i in range(len(LEARNERS)) for target in TARGETS],
        "reproduce": {
            "command": "priorscope compare digits --learners 'linear,cnn' --repeats 5 --seed 0",
            "version": "0.1.0",
            "digest": "0123456789abcdef",
            "versions": {"torch": "2.13.0", "numpy": "2.3.0"},
            "hardware": {"processor": "2 cores", "memory": "8 GiB"},
        },
    }


def recipes():
    return {
        name: {"learning_rate": 0.001 * (i + 1), "steps": 500, "optimizer": {"name": "adamw"}}
        for i, name in enumerate(LEARNERS)
    }


def read():
    counts = [900 - 37 * i for i in range(9)] + [1]
    return {
        "examples": 9000,
        "target": {"kind": "classes"},
        "classes": [{"name": f"<b>{i}</b>", "count": n} for i, n in enumerate(counts)],
        "samples": [
            {"target": "<b>1</b>", "image": f"data:image/png;base64,{PIXEL}"},
            {"target": "2", "text": "a first <i>text</i>, long " + "and longer " * 40},
            {"target": "3", "image": "https://example.org/a.png"},
        ],
        "notes": ["2 columns were filled.", {"text": "A <warning>.", "level": "warning"}],
        "dropped": [{"count": 12, "reason": "no label"}],
        "columns": [
            {"name": "<b>age</b>", "used": True, "as": "number", "reason": ""},
            {"name": "id", "used": False, "as": "number", "reason": "another value in each row"},
        ],
    }


def answer():
    return {
        "goal": "accuracy",
        "metric": "accuracy",
        "pick": LEARNERS[0],
        "tied": LEARNERS[:2],
        "probability": 0.93,
        "word": "leaning",
        "size": 8000,
        "value": interval(0.89, 0.008),
        "reference": 0.1,
        "beats_reference": {"probability": 1.0, "word": "clear"},
        "labels_worth": [
            {"learner": name, "ratio": interval(1.5 + i, 0.3), "at": 2000}
            for i, name in enumerate(LEARNERS[1:4])
        ],
        "stopped_by": "budget",
    }
