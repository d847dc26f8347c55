"""English of a profile: a sentence for each number, phrases for each network, the page's words.

Keys of SENTENCES are a measure and the beginning of a number's name; the longest that fits is
taken. {value} and {interval} are shares of the distance between unrelated examples where it says
%, {name} is the number's own name, {unit} what positions are called.
"""

SENTENCES = {
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
    "exact-symmetry/accuracy": "Right answers under this change ({short}): {share}.",
    "lie-derivative/": (
        "Per step of {name} the squared change of the answers is {number} of that to an "
        "unrelated example."
    ),
    "lie-derivative/accuracy": "Right answers, {short}: {share}.",
    "locality/unit": (
        "{short} of what the middle unit of the last map depends on lies in a square of side "
        "{count} {unit}."
    ),
    "locality/answer": (
        "{short} of what the answer depends on lies in a square of side {count} {unit}."
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

LAYER = "Layer {layer}: {sentence}"
NOT = "Does not apply: {reason}."

PHRASES = {
    "looks": "half of what it looks at lies within {side} {unit}",
    "pairs": "inputs act together {share} as far apart as any two",
    "invariant": "{what}-invariant within {share}",
    "variant": "{what}: the answers move by {share}",
    "ignores order": "ignores order",
    "reads order": "reads order ({share} when shuffled)",
    "attention": "attention reaches {share} of the way of equal weights",
    "frequencies": "relies most on frequency band {band} of {bands}",
    "texture": "accuracy {before} falls to {after} without texture",
    "shape": "accuracy {before} falls to {after} with patches shuffled",
    "accuracy": "{share} right",
}

PAGE = {
    "title": "What networks do with {data}",
    "brand": "profile",
    "skip": "To the networks",
    "words": "In words",
    "words_explain": (
        "Measured on {n} examples that no network was trained on. Percentages of changes are "
        "squared distances between the answers, over those between unrelated examples: 0% "
        "ignores the change, 100% answers as to another example."
    ),
    "symmetry": "Shifts, flips and turns",
    "symmetry_explain": (
        "Whole positions, around the border, so that nothing is interpolated. Low: the network "
        "ignores it. Trap: augmentation and pooling lower it alike, and a network that answers "
        "all alike has every symmetry; read it beside the accuracy."
    ),
    "shift_change": "Change of the answers by shift",
    "shift_accuracy": "Accuracy by shift",
    "angle_accuracy": "Accuracy by angle",
    "distance": "distance of the shift",
    "angle": "degrees",
    "change": "change",
    "accuracy": "accuracy",
    "smooth": "How fast the answers change",
    "smooth_explain": (
        "Lie derivatives, per step of one position in root mean square. Trap: a smoother "
        "function has smaller ones whatever its symmetry. The identity says how rough the data "
        "are, blur what smoothing alone does."
    ),
    "looks": "How far it looks",
    "looks_explain": (
        "Left: what the middle unit of the last map depends on; right: what the answer depends "
        "on (dark: most). Trap: the possible field says nothing, and an untrained network's "
        "looks like a trained one's that never learnt to look."
    ),
    "unit_field": "unit",
    "answer_field": "answer",
    "attention": "Where attention goes",
    "attention_explain": (
        "Mean distance by block, in tokens. Trap: the class token draws attention; it is left "
        "out and the rest of each row rescaled."
    ),
    "depth": "block",
    "reach": "distance, tokens",
    "context": "Parts or the whole",
    "context_explain": (
        "Accuracy when only a share is shown, and when patches are shuffled; pictures: where "
        "hiding a window moves the answer (dark: most). Trap: cut edges and shuffled seams are "
        "themselves new features; compare networks, not numbers."
    ),
    "shown_centre": "Only the middle shown",
    "shown_border": "Only the border shown",
    "shown_first": "Only the first words shown",
    "shown_last": "Only the last words shown",
    "shuffled": "Patches or pieces shuffled",
    "turned": "Patches turned",
    "share_shown": "share shown",
    "pieces": "pieces along an axis",
    "bands": "Frequencies",
    "bands_explain": (
        "How far the answers move when one of six bands, slow to fast, is taken out; accuracy when "
        "it is the only one left. Trap: images have most of their power in slow bands, so that "
        "even a network without a preference relies on them."
    ),
    "passed": "Only one band left",
    "stopped": "One band taken out",
    "band": "band",
    "order": "Order",
    "order_explain": (
        "Padding and marks such as [CLS] stay. Trap: a task that doesn't need order lets every "
        "network ignore it."
    ),
    "memorisation": "Memorising, agreeing, bending",
    "memorisation_explain": (
        "On 256 examples, with the learner's own rate and no schedule. Trap: more parameters "
        "and larger rates fit noise sooner; compare at equal size."
    ),
    "similarity": "How alike layers are",
    "similarity_explain": (
        "Unbiased linear CKA; dark: 1, alike up to rotation and scale. Rows from input to "
        "output. Trap: the usual, biased estimate finds likeness in noise."
    ),
    "weights": "Weights",
    "weights_explain": (
        "Effective rank of each matrix over the largest it could have, from input to output. "
        "Trap: weight decay and normalisation change norms without changing the function."
    ),
    "matrix": "matrix, from input to output",
    "rank": "effective rank",
    "viewer": "Look at the attention",
    "viewer_explain": "Point at a word, or click a patch, to see where it looks.",
    "all": "All numbers",
    "network": "Network",
    "measure": "Measure",
    "quantity": "Quantity",
    "layer": "Layer",
    "value": "Value",
    "sentence": "In words",
    "notes": "Notes",
    "made": "Written by priorscope profile, {written}. It needs no network.",
    "attention_title": "Attention",
    "viewer.layer": "Layer",
    "viewer.head": "Head",
    "viewer.mean": "mean of heads",
    "viewer.rollout": "through all layers (rollout)",
    "viewer.class": "class token",
    "viewer.heads": (
        "Layers (down) and heads (across): choose one by clicking, or with the arrow keys"
    ),
    "viewer.large": "Rows look at columns",
    "viewer.from": "{word} looks at",
    "viewer.patch": "row {row}, column {column}",
    "viewer.old": "This browser can't unpack the weights; use one from 2023 or later.",
    "viewer.image": "Image with patches: click one, or move with the arrow keys",
}
