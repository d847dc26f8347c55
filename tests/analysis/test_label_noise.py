import numpy as np
import pytest

from priorscope.analysis.label_noise import label_noise


def noisy(share, count=4000, classes=3, seed=0):
    """Calibrated predictions of labels of which a share was replaced by another class."""
    stream = np.random.default_rng(seed)
    true = stream.integers(classes, size=count)
    wrong = stream.random(count) < share
    labels = np.where(wrong, (true + stream.integers(1, classes, count)) % classes, true)
    p = np.full((count, classes), share / (classes - 1))
    p[np.arange(count), true] = 1 - share
    return p + stream.normal(0, 0.01, p.shape), labels, wrong


@pytest.mark.parametrize("share", [0.0, 0.05, 0.2])
def test_the_share_of_wrong_labels_is_recovered(share):
    p, labels, wrong = noisy(share)
    result = label_noise(p, labels)
    assert result.judged == len(labels)
    assert result.noise is not None
    assert result.noise.low <= wrong.mean() <= result.noise.high
    doubted = [one.example for one in result.suspects]
    if share:
        assert wrong[doubted].mean() > 0.95
        # a label is doubted where its class is predicted at least as surely as usual: about half
        assert len(doubted) > 0.3 * wrong.sum()
    else:
        assert doubted == []


def test_the_most_doubtful_come_first_and_what_nobody_predicted_is_left_out():
    p = np.tile([0.9, 0.1], (60, 1))
    labels = np.zeros(60, int)
    p[:30] = [0.1, 0.9]
    labels[:30] = 1
    labels[3], labels[40] = 0, 1
    p[40] = [0.99, 0.01]
    p[5] = np.nan
    result = label_noise(p, labels)
    assert [one.example for one in result.suspects] == [40, 3]
    assert result.judged == 59
    assert result.suspects[0].other == 0
    assert result.noise is None  # 14 of the surest are too few
