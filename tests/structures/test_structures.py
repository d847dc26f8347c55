"""What each structure destroys, keeps and leaves alone, on every layout it applies to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorscope.core.renamed import OldNameWarning
from priorscope.core.seeds import numpy_stream
from priorscope.core.signature import Signature
from priorscope.structures import STRUCTURES, parse_structure
from priorscope.targets.classes import Classes

EXAMPLES, CLASSES = 7, 3
SIGNATURES = {
    "vector": Signature(input_shape=(11,), target=Classes(num_classes=CLASSES)),
    "series": Signature(input_shape=(16, 2), target=Classes(num_classes=CLASSES)),
    "padded": Signature(input_shape=(18, 3), target=Classes(num_classes=CLASSES), padded=True),
    "image": Signature(input_shape=(8, 8, 3), target=Classes(num_classes=CLASSES)),
    "wide": Signature(input_shape=(8, 12, 1), target=Classes(num_classes=CLASSES)),
    "tokens": Signature(input_shape=(18,), target=Classes(num_classes=CLASSES), vocabulary=999),
}
CASES = [
    (name, layout)
    for name in STRUCTURES
    for layout, signature in SIGNATURES.items()
    if parse_structure(name).why_not(signature) is None
]
every_case = pytest.mark.parametrize(("name", "layout"), CASES)


def make(layout, examples=EXAMPLES, seed=0):
    """Inputs whose values are all different where the dtype allows it, and targets."""
    signature, stream = SIGNATURES[layout], numpy_stream(seed, layout)
    shape = (examples, *signature.input_shape)
    if layout == "image":
        inputs = stream.integers(0, 256, size=shape).astype(np.uint8)
    elif layout == "tokens":
        inputs = stream.integers(1, 999, size=shape).astype(np.int32)
        inputs[np.arange(18) >= stream.integers(0, 19, size=(examples, 1))] = 0
    else:
        inputs = stream.standard_normal(shape).astype(np.float32)
    if layout == "padded":
        present = np.arange(18) < stream.integers(1, 19, size=(examples, 1))
        inputs *= present[..., None]
        inputs[..., -1] = present
    return inputs, stream.integers(CLASSES, size=examples).astype(np.int64), signature


def positions(example, signature):
    """The example's positions as sorted rows of channel values."""
    channels = example.shape[-1] if signature.layout in ("image", "series") else 1
    return sorted(map(tuple, example.reshape(-1, channels).tolist()))


def apply(name, layout, seed=1, split="train", **kwargs):
    inputs, targets, signature = make(layout, **kwargs)
    before = inputs.copy(), targets.copy()
    after = parse_structure(name).apply(inputs, targets, signature, seed, split)
    assert (inputs == before[0]).all()  # what was handed in is left alone
    assert (targets == before[1]).all()
    return before, after, signature


@every_case
def test_shape_and_dtype_stay(name, layout):
    (inputs, targets), (changed, classes), _ = apply(name, layout)
    assert (changed.shape, changed.dtype) == (inputs.shape, inputs.dtype)
    assert (classes.shape, classes.dtype) == (targets.shape, targets.dtype)


@every_case
def test_something_is_destroyed_except_by_intact(name, layout):
    only_tests = parse_structure(name).only_tests
    split = "test" if only_tests else "train"
    (inputs, targets), (changed, classes), _ = apply(name, layout, split=split)
    same = (inputs == changed).all() and (targets == classes).all()
    assert same == (name == "intact")


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**31))
@every_case
def test_bijective_ones_only_move_positions(name, layout, seed):
    structure = parse_structure(name)
    (inputs, _), (changed, _), signature = apply(name, layout, seed=seed)
    if not structure.bijective:
        return
    if name == "channels-permuted":
        assert (np.sort(inputs, axis=-1) == np.sort(changed, axis=-1)).all()
        return
    for old, new in zip(inputs, changed, strict=True):
        assert positions(old, signature) == positions(new, signature)


@every_case
def test_what_is_fixed_is_the_same_for_training_and_test(name, layout):
    if name in ("shifted", "rotated", "random-labels", "patches-dropped"):
        return
    if parse_structure(name).only_tests:
        (before, _), (after, _), _ = apply(name, layout, split="train")
        assert (before == after).all()
        return
    _, (train, _), _ = apply(name, layout, split="train")
    _, (test, _), _ = apply(name, layout, split="test")
    assert (train == test).all()


@every_case
def test_a_prefix_is_changed_as_it_is_within_the_whole(name, layout):
    inputs, targets, signature = make(layout)
    structure = parse_structure(name)
    whole = structure.apply(inputs, targets, signature, 3, "train")
    part = structure.apply(inputs[:4], targets[:4], signature, 3, "train")
    assert (whole[0][:4] == part[0]).all()
    assert (whole[1][:4] == part[1]).all()


@every_case
def test_padding_stays(name, layout):
    if layout not in ("tokens", "padded"):
        return
    (inputs, _), (changed, _), _ = apply(name, layout)
    if layout == "tokens":
        assert ((inputs == 0) == (changed == 0)).all()
    else:
        assert (inputs[..., -1] == changed[..., -1]).all()
        assert (changed[inputs[..., -1] == 0] == 0).all()


@pytest.mark.parametrize("name", ["permuted", "time-permuted", "within-patches:4"])
def test_a_fixed_permutation_has_a_fixed_inverse(name):
    inputs, targets, signature = make("image")
    numbers = np.arange(64, dtype=np.float32).reshape(1, 8, 8, 1).repeat(3, axis=3)
    structure = parse_structure(name)
    order = structure.apply(numbers, targets[:1], signature, 5, "train")[0][0, ..., 0].ravel()
    changed = structure.apply(inputs, targets, signature, 5, "train")[0].reshape(EXAMPLES, 64, 3)
    back = np.empty_like(changed)
    back[:, order.astype(int)] = changed
    assert (back.reshape(inputs.shape) == inputs).all()


def test_within_patches_keeps_each_patch_and_between_patches_keeps_their_inside():
    numbers = np.arange(64).reshape(1, 8, 8, 1)
    signature = Signature(input_shape=(8, 8, 1), target=Classes(num_classes=2))
    cut = lambda x: x.reshape(2, 4, 2, 4).transpose(0, 2, 1, 3).reshape(4, 16)  # noqa: E731
    old, none = cut(numbers), np.zeros(1, dtype=np.int64)
    within = cut(parse_structure("within-patches:4").apply(numbers, none, signature, 0, "test")[0])
    between = cut(
        parse_structure("between-patches:4").apply(numbers, none, signature, 0, "test")[0]
    )
    assert (np.sort(within, axis=1) == old).all()
    assert (within - old == (within - old)[0]).all()  # the same permutation in each patch
    assert sorted(map(tuple, between)) == sorted(map(tuple, old))


def test_tokens_keep_the_order_of_the_fixed_permutation_within_their_length():
    signature = SIGNATURES["tokens"]
    full = np.arange(1, 19, dtype=np.int32)
    inputs = np.stack([full, np.where(full <= 5, full, 0)])
    changed, _ = parse_structure("permuted").apply(
        inputs, np.zeros(2, dtype=np.int64), signature, 2, "train"
    )
    short = [token for token in changed[0] if token <= 5]
    assert changed[1].tolist() == short + [0] * 13


def test_shifts_are_cyclic_and_uniform():
    signature = Signature(input_shape=(5, 1), target=Classes(num_classes=2))
    inputs = np.tile(np.arange(5, dtype=np.float32)[:, None], (20_000, 1, 1))
    changed, _ = parse_structure("shifted").apply(
        inputs, np.zeros(20_000, dtype=np.int64), signature, 0, "train"
    )
    assert ((np.diff(changed[..., 0], axis=1) % 5) == 1).all()
    counts = np.bincount(changed[:, 0, 0].astype(int), minlength=5) / 20_000
    assert np.abs(counts - 0.2).max() < 4 * (0.2 * 0.8 / 20_000) ** 0.5


def test_rows_and_columns_shift_independently():
    """One bright pixel of 8 x 8 in each of 400 images: both offsets agree in an eighth of them."""
    signature = Signature(input_shape=(8, 8, 1), target=Classes(num_classes=2))
    images = np.zeros((400, 8, 8, 1), dtype=np.float32)
    images[:, 0, 0] = 1
    shifted, _ = parse_structure("shifted").apply(
        images, np.zeros(400, dtype=np.int64), signature, 0, "train"
    )
    _, row, column, _ = np.nonzero(shifted)
    # Four standard errors of a share of 1/8 in 400: 4 * sqrt(7 / 64 / 400) = 0.066.
    assert np.mean(row == column) == pytest.approx(1 / 8, abs=0.066)


def test_turns_are_quarter_turns_of_the_whole_image():
    (inputs, _), (changed, _), _ = apply("rotated", "image", examples=40)
    found = [
        [k for k in range(4) if (np.rot90(old, k) == new).all()]
        for old, new in zip(inputs, changed, strict=True)
    ]
    assert all(len(k) == 1 for k in found)
    assert {k[0] for k in found} == {0, 1, 2, 3}


def test_random_labels_are_uniform_and_leave_inputs_alone():
    signature = SIGNATURES["vector"]
    inputs, targets = np.zeros((30_000, 11), np.float32), np.zeros(30_000, np.int64)
    changed, classes = parse_structure("random-labels").apply(inputs, targets, signature, 0, "test")
    assert changed is inputs
    counts = np.bincount(classes, minlength=CLASSES) / 30_000
    assert np.abs(counts - 1 / 3).max() < 4 * (2 / 9 / 30_000) ** 0.5


def test_lossy_ones_do_what_their_names_say():
    inputs = np.full((2, 8, 8, 1), 200, np.uint8)
    signature = Signature(input_shape=(8, 8, 1), target=Classes(num_classes=2))
    none = np.zeros(2, np.int64)

    def run(text):
        return parse_structure(text).apply(inputs, none, signature, 0, "train")[0]

    assert (run("blurred:2.0") == 200).all()  # a constant image has no detail
    assert (
        run("cropped:0.5") == np.pad(inputs[:, 2:6, 2:6], ((0, 0), (2, 2), (2, 2), (0, 0)))
    ).all()
    dropped = run("patches-dropped:4:0.25")
    assert ((dropped == 0).sum(axis=(1, 2, 3)) == 16).all()  # one patch of four
    point = np.zeros((1, 8, 8, 1), np.float32)
    point[0, 4, 4] = 1
    blurred = parse_structure("blurred:1.0").apply(point, none[:1], signature, 0, "train")[0]
    assert blurred[0, 4, 4, 0] == pytest.approx(1 / (2 * np.pi), rel=0.01)  # the Gaussian's peak
    assert blurred.sum() == pytest.approx(1, abs=1e-5)  # float32; mirrored borders lose nothing


def test_bijective_and_lossy_ones_are_told_apart():
    lossy = {name for name in STRUCTURES if not STRUCTURES[name].bijective}
    assert lossy == {
        *("blurred", "cropped", "patches-dropped"),
        *("rotated-tests", "shifted-tests"),
    }


def test_why_not_says_why():
    assert "divide 16" in parse_structure("within-patches:3").why_not(SIGNATURES["series"])
    assert "8 x 12" in parse_structure("rotated").why_not(SIGNATURES["wide"])
    assert "only one channel" in parse_structure("channels-permuted").why_not(SIGNATURES["wide"])
    assert "fewer than two" in parse_structure("between-patches:8").why_not(SIGNATURES["image"])
    for name in ("shifted", "rotated", "time-permuted", "within-patches", "blurred"):
        assert parse_structure(name).why_not(SIGNATURES["vector"])


def test_labels_and_parsing_are_inverse():
    for text in ("intact", "within-patches:8", "patches-dropped:2:0.25", "blurred:2.0"):
        assert parse_structure(text).label == text
    assert parse_structure("blurred:sigma=3").label == "blurred:3.0"


def test_mistakes_are_named():
    with pytest.raises(LookupError, match=r"Did you mean 'permuted'"):
        parse_structure("permutd")
    with pytest.raises(ValueError, match=r"write within-patches:PATCH"):
        parse_structure("within-patches:4:5")
    with pytest.raises(ValueError, match=r"patch must be int, but it is 'x'"):
        parse_structure("within-patches:x")
    with pytest.raises(ValueError, match=r"at least 2"):
        parse_structure("between-patches:1")


@pytest.mark.parametrize("name", ["shifted", "blurred"])
def test_working_in_parts_changes_nothing(name, monkeypatch):
    _, (whole, _), _ = apply(name, "image", examples=20)
    monkeypatch.setattr(f"priorscope.structures.{name}.CHUNK", 7)
    _, (parts, _), _ = apply(name, "image", examples=20)
    assert (whole == parts).all()


def test_a_structure_of_one_version_ago_works_with_a_warning():
    with pytest.warns(OldNameWarning, match="The structure turned is now rotated"):
        assert parse_structure("turned").name() == "rotated"
