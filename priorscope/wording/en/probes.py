"""English of why a number of a profile is missing, and of warnings about its measuring."""

PROBES: dict[str, str] = {
    "probe.no_targets": "the targets aren't classes, so there is no accuracy",
    "probe.not_classes": (
        "the network gives {n} outputs and there are {classes} classes, so there is no accuracy"
    ),
    "probe.small_map": "no feature map has {n} positions a side",
    "probe.no_frequencies": "only images, and series of one length, have frequencies",
    "probe.no_cue_named": "no answer names the shape or the texture",
    "probe.no_parts": "a vector has no parts that lie side by side",
    "probe.no_positions": "a vector has no positions to shift or turn",
    "probe.no_parts_of_positions": (
        "only images, and series of one length, can be moved by a part of a position"
    ),
    "probe.gradient_zero": "the gradient is 0 everywhere",
    "probe.no_interaction": "no two inputs act together",
    "probe.no_distance": "the features of a vector have no distance",
    "probe.bag": "it reads a bag of tokens, which have no place",
    "probe.no_layer_on_input": "no layer has positions that lie on those of the input",
    "probe.no_gradient_to_layer": "no gradient reaches the last layer with positions",
    "probe.no_gradient": "no gradient reaches the input of this network",
    "probe.as_saved": (
        "it needs a learner that can be trained again, and this is a network as saved"
    ),
    "probe.not_learnt.real": "real labels weren't learnt in {n} updates",
    "probe.not_learnt.random": "random labels weren't learnt in {n} updates",
    "probe.one_kind_not_learnt": "one of the two kinds of labels wasn't learnt",
    "probe.no_inputs_between": (
        "there are no inputs between two texts, or between series of unequal length"
    ),
    "probe.no_order.image": "only sequences have an order, and the inputs are images",
    "probe.no_order.vector": "only sequences have an order, and the inputs are vectors",
    "probe.single_layer": "the network has a single layer",
    "probe.noisy_cka": "CKA of {n} examples is noisy; take {least} or more.",
    "probe.large_matrix": "a matrix of {rows} x {columns} is too large",
    "probe.no_matrices": "the network has no weight matrices",
    "probe.no_attention": "the network has no attention that can be read",
    "probe.empty_attention": (
        "the network gave no attention weights; a fused kernel gives none, so load it with {option}"
    ),
    "probe.partial_attention": (
        "a block has {queries} x {keys} attention weights for {tokens} tokens, as networks with "
        "windows have; only attention from every token to every other can be laid out"
    ),
    "probe.several_grids": (
        "the network has no single grid of patches ({options} in its config), so "
        "its attention can't be laid on the image"
    ),
    "probe.new_parameters": (
        "New and random, because the folder holds none that fit: {names}. What the answers show "
        "is the network before it was trained for these classes."
    ),
    "probe.all_new": "All parameters are new and random: {form} is an architecture alone.",
    "probe.few_examples": "it needs {least} examples or more, but there are {n}",
    "probe.failed": "measuring it failed with {error}",
    "probe.unreadable": "The network can't read these inputs: {error}",
    "probe.no_tensor": "The network gives a {type} where a tensor of outputs is needed.",
    "probe.other_shape": (
        "The network gives outputs of shape {shape} for {n} examples, where a tensor of shape "
        "(examples, outputs) is needed."
    ),
    "probe.no_outputs": (
        "The network gives no outputs (shape {shape}), where a tensor with one or more for each "
        "example is needed."
    ),
    "probe.input_changed": (
        "The network changes its input in place. Every pass got a copy, so the numbers are those "
        "of the inputs as they were."
    ),
    "probe.batch_matters": (
        "The answer to an example depends on the others in its batch: alone or in a batch of half "
        "the size it differs by up to {change}. No number below that means anything."
    ),
    "probe.only_batches": (
        "The network can't be run on one example or on half a batch ({error}), so its answers may "
        "depend on the batch."
    ),
    "probe.not_finite": (
        "The outputs of {n} of {all} examples are not finite numbers (NaN or infinity), so no "
        "measure of them means anything."
    ),
    "probe.not_deterministic": (
        "The network is not deterministic: two runs on the same inputs differ by up to {change}, "
        "also in evaluation mode. No number below that means anything."
    ),
    "probe.wide": "There are {n} examples; intervals are wide below 64.",
    "probe.cut": "Measured on {n} of {all} examples, as many as --memory allows.",
    "probe.nothing": "there is nothing to measure",
}
