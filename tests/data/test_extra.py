"""A further test set: read with the preprocessing of training, and its labels by their names."""

import numpy as np
import pytest

from priorscope.data.extra import with_extra
from priorscope.data.resolve import resolve

STREAM = np.random.default_rng(0)


def table(path, rows, classes="uv", names="x,w,label"):
    lines = [
        f"{a:.3f},{b:.3f},{classes[i % len(classes)]}"
        for i, (a, b) in enumerate(STREAM.standard_normal((rows, 2)).tolist())
    ]
    path.write_text("\n".join([names, *lines]) + "\n")
    return str(path)


def extra_of(data, extra, **options):
    task = resolve(data, **options)
    return with_extra(task.load(), task, extra)


def test_classes_go_by_their_names(tmp_path):
    data = table(tmp_path / "a.csv", 60)
    table(tmp_path / "b.csv", 9, classes="vu", names="x,w,label")
    examples = extra_of(data, tmp_path / "b.csv")
    assert examples.extra_targets.tolist() == [1, 0, 1, 0, 1, 0, 1, 0, 1]
    lines = (tmp_path / "b.csv").read_text().splitlines()[1:]
    assert examples.extra_inputs[:, 0].tolist() == pytest.approx(
        [float(line.split(",")[0]) for line in lines]
    )
    assert examples.fingerprint != resolve(data).load().fingerprint


def test_what_training_lacks_is_refused_and_what_has_no_label_left_out(tmp_path):
    data = table(tmp_path / "a.csv", 60)
    table(tmp_path / "b.csv", 9, classes="uz")
    with pytest.raises(ValueError, match="the classes 'z', which training lacks"):
        extra_of(data, tmp_path / "b.csv")
    table(tmp_path / "c.csv", 9, classes=["u", ""])
    assert len(extra_of(data, tmp_path / "c.csv").extra_targets) == 5
    table(tmp_path / "d.csv", 9, names="x,v,label")
    with pytest.raises(ValueError, match="has no column 'w', which the model reads"):
        extra_of(data, tmp_path / "d.csv")
    with pytest.raises(ValueError, match="There is no extra test set"):
        extra_of(data, tmp_path / "absent.csv")
    with pytest.raises(ValueError, match="is for data from files"):
        extra_of("digits", tmp_path / "b.csv")


def test_arrays_and_quantities(tmp_path):
    x, y = STREAM.standard_normal((80, 3)), STREAM.standard_normal(80)
    np.savez(tmp_path / "a.npz", x=x[:60], y=y[:60])
    np.savez(tmp_path / "b.npz", x=x[60:], y=y[60:])
    examples = extra_of(str(tmp_path / "a.npz"), tmp_path / "b.npz")
    assert np.allclose(examples.extra_targets, y[60:])
    assert np.allclose(examples.extra_inputs, x[60:], atol=1e-6)
