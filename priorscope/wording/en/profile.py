"""English of a profile: a sentence for each number, phrases for each network, the page's words.

Keys of SENTENCES are a measure and the beginning of a number's name; the longest that fits is
taken. {value} and {interval} are shares of the distance between unrelated examples where it says
%, {name} is the number's own name, {unit} what positions are called.
"""

SENTENCES: dict[str, str] = {
    "exact-symmetry/shift": (
        "After a {name} the answers move by {percent} of the distance between unrelated examples."
    ),
    "exact-symmetry/flip": (
        "After a {name} flip the answers move by {percent} of the distance between unrelated "
        "examples."
    ),
    "exact-symmetry/": (
        "After a {name} the answers move by {percent} of the distance between unrelated examples."
    ),
    "exact-symmetry/channels": (
        "With the {name} the answers move by {percent} of the distance between unrelated examples."
    ),
    "exact-symmetry/layer": (
        "The {name} fails to pass through by {percent} of the distance between unrelated examples."
    ),
    "exact-symmetry/accuracy": "Right answers under this change ({short}): {share}.",
    "lie-derivative/": (
        "Per step of {name} the squared change of the answers is {number} of that to an "
        "unrelated example."
    ),
    "lie-derivative/layer": (
        "Per step of {name} its outputs fail to move along by {number} of the squared distance "
        "between unrelated examples."
    ),
    "lie-derivative/arises here": (
        "Per step of {what}, a squared change of {number} of that to an unrelated example arises "
        "here."
    ),
    "lie-derivative/arises behind": (
        "Per step of {what}, a squared change of {number} of that to an unrelated example arises "
        "behind the last of the layers."
    ),
    "lie-derivative/identity control": (
        "Per step of {what} the input itself changes by {number} of the squared distance between "
        "unrelated inputs."
    ),
    "lie-derivative/blur control": (
        "Behind a blur, per step of {what} the squared change of the answers is {number} of that "
        "to an unrelated example."
    ),
    "lie-derivative/accuracy": "Right answers, {short}: {share}.",
    "locality/unit": (
        "{short} of what the middle unit of the last map depends on lies in a square of side "
        "{count} {unit}."
    ),
    "locality/answer": (
        "{short} of what the answer depends on lies in a square of side {count} {unit}."
    ),
    "locality/unit along": (
        "{short} of what the middle unit of the last map depends on lies within {count} {unit}."
    ),
    "locality/answer along": (
        "{short} of what the answer depends on lies within {count} {unit} around the middle."
    ),
    "locality/gradient spread": (
        "Places that one answer depends on lie {number} times as far apart as if all mattered "
        "alike."
    ),
    "locality/interaction distance": (
        "Inputs that act together lie {number} times as far apart as any two."
    ),
    "attention/distance": "Attention reaches {number} tokens far on average.",
    "attention/distance if equal": "Attention to all alike would reach {number} tokens far.",
    "attention/entropy": "The rows are {percent} as spread as attention to all alike.",
    "attention/local heads": "{percent} of the heads are local.",
    "attention/rollout distance": "Through all blocks together it reaches {number} tokens far.",
    "context/accuracy": "Right answers, {short}: {share}.",
    "context/change": (
        "{Short}: the answers move by {percent} of the distance between unrelated examples."
    ),
    "context/shape share": (
        "Where shape and texture disagree, {share} of the deciding answers follow the shape."
    ),
    "context/answers": "{share} of the answers name the shape or the texture.",
    "bands/accuracy": "Right answers, {short}: {share}.",
    "bands/change": (
        "{Short}: the answers move by {percent} of the distance between unrelated examples."
    ),
    "bands/high": "{percent} of the map's power lies in the upper half of frequencies.",
    "bands/power": "{percent} of the map's power lies in band {band}.",
    "order/accuracy": "Right answers, {short}: {share}.",
    "order/change": (
        "{Short}: the answers move by {percent} of the distance between unrelated examples."
    ),
    "memorisation/updates": "It takes {count} {name}.",
    "memorisation/random over real": (
        "Random labels take {number} times as many updates as real ones."
    ),
    "memorisation/agreement": (
        "Two networks trained on the same data agree on {share} of the examples."
    ),
    "memorisation/distance": "Their probabilities differ by {percent}.",
    "memorisation/bending": (
        "Along a line between two inputs the answers bend by {number} of their way."
    ),
    "memorisation/class changes": (
        "Along a line between two inputs the class changes {number} times."
    ),
    "similarity/next layer": (
        "Its representation is {number} alike that of the next layer (1: the same)."
    ),
    "similarity/last layer": (
        "Its representation is {number} alike that of the last layer (1: the same)."
    ),
    "weights/effective rank": "Its effective rank is {percent} of the largest it could have.",
    "weights/largest": "Its largest singular value is {number}.",
    "weights/norm": "The root mean square of its entries is {number}.",
}

OTHER = "{name}: {number}."  # of a measure that a plug-in brings
LAYER = "Layer {layer}: {sentence}"
NOT = "Does not apply: {reason}."
UNITS = {
    "image": "px",
    "series": "steps",
    "tokens": "tokens",
    "vector": "features",
    "other": "positions",
}

PHRASES: dict[str, str] = {
    "looks": "half of what its answer depends on lies within {side} {unit}",
    "pairs": "inputs act together {share} as far apart as any two",
    "invariant": "{what}-invariant within {share}",
    "invariant, several words": "{what}: invariant within {share}",
    "variant": "{what}: the answers move by {share}",
    "ignores order": "ignores order",
    "reads order": "reads order ({share} when shuffled)",
    "attention": "attention reaches {share} of the way of equal weights",
    "frequencies": "relies most on frequency band {band} of {bands}",
    "texture": "without texture {share} right",
    "shape": "with patches shuffled {share} right",
    "accuracy": "{share} right",
}
