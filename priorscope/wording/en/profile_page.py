"""English words of the page of a profile and of the attention viewer, by key."""

PAGE: dict[str, str] = {
    "title": "What networks do with {data}",
    "brand": "profile",
    "untrained": "untrained",
    "trained": "trained",
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
    "shift_layers": "Layers: how far a shift by one of their positions fails to pass through",
    "layer_number": "layer, from input to output",
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
    "arises_translation_right": "Where the change by a translation arises",
    "arises_translation_in_time": "Where the change by a translation arises",
    "arises_rotation": "Where the change by a rotation arises",
    "looks": "How far it looks",
    "looks_explain": (
        "Left: what the middle unit of the last map depends on; right: what the answer depends "
        "on (dark: most). Table: the side of the square around the middle that holds such a share, "
        "in positions. Trap: the field that an architecture allows is not the one it uses, and an "
        "untrained network has one too; compare the network with itself before training."
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
    "example": "example",
    "map": "map",
    "left_out": "How far the answer moves without a word (dark: most, in each text)",
    "bands": "Frequencies",
    "bands_explain": (
        "How far the answers move when one of six bands, slow to fast, is taken out; accuracy when "
        "it is the only one left. Trap: images have most of their power in slow bands, so that "
        "even a network without a preference relies on them."
    ),
    "passed": "Only one band left",
    "stopped": "One band taken out",
    "high_layers": "Feature maps: share of their power in the upper half of frequencies",
    "share_of_power": "share of the power",
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
        "Unbiased linear CKA; full colour: 1, alike up to rotation and scale. Layers are numbered "
        "from input to output, the first network's downwards. Trap: the usual, biased estimate "
        "finds likeness in noise."
    ),
    "weights": "Weights",
    "weights_explain": (
        "Effective rank of each matrix over the largest it could have, from input to output. "
        "Trap: weight decay and normalisation change norms without changing the function."
    ),
    "matrix": "matrix, from input to output",
    "rank": "effective rank",
    "viewer": "Look at the attention",
    "viewer_explain_words": "Point at a word to see where it looks.",
    "viewer_explain_patches": "Click a patch to see where it looks.",
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
