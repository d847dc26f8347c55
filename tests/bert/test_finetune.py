import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score

from priorscope.bert.data.classified import IGNORED, classify_texts, classify_words
from priorscope.bert.model.folder import save_bert
from priorscope.bert.model.heads import BertForMaskedLM
from priorscope.bert.model.shape import BertShape
from priorscope.bert.training.classifier import Classifier, logits_of
from priorscope.bert.training.finetuning import (
    Finetuning,
    train_classifier,
    validation_loss,
)
from priorscope.bert.training.labelled_texts import LabelledTextSettings, read_labelled_texts
from priorscope.bert.training.mask_filler import MaskFiller
from priorscope.bert.training.scores import scores
from priorscope.core.seeds import global_seed, numpy_stream
from priorscope.text.tokenizer import save_tokenizer, train_tokenizer

CPU = torch.device("cpu")
TEXT_AND_LABEL = LabelledTextSettings(input="text", target="label")
WORDS = ["bad", "good", "film", "story", "actor", "나는", "영화", "좋다"]


def write_folder(folder: Path) -> Path:
    """An untrained BERT with a tokenizer that has every word as one piece."""
    tokenizer = train_tokenizer([" ".join(WORDS)] * 3, vocabulary=100)
    with global_seed(0, "folder"):
        network = BertForMaskedLM(
            BertShape(
                vocabulary=tokenizer.get_vocab_size(),
                width=32,
                depth=1,
                num_heads=2,
                mlp_width=64,
                max_tokens=16,
            )
        )
    save_bert(network, folder)
    save_tokenizer(tokenizer, folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return write_folder(tmp_path_factory.mktemp("bert"))


def rows(count: int, seed: int) -> list[tuple[str, str]]:
    """Texts whose class is the one word among noise that is good or bad."""
    stream = numpy_stream(seed, "reviews")
    made = []
    for _ in range(count):
        noise = [str(w) for w in stream.choice(WORDS[2:], size=5)]
        label = int(stream.integers(2))
        noise.insert(int(stream.integers(6)), WORDS[label])
        made.append((" ".join(noise), ("neg", "pos")[label]))
    return made


def write_table(path: Path, made: list[tuple[str, str]]) -> Path:
    text = "text\tlabel\n" + "".join(f"{t}\t{label}\n" for t, label in made)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    return write_table(tmp_path_factory.mktemp("data") / "reviews.tsv", rows(400, 0))


def trained(folder, table, **settings):
    read = read_labelled_texts(table, LabelledTextSettings(), seed=0)
    classifier = Classifier.on_top_of(folder, read.class_names, "sequence", 0.0, seed=0)
    parts = [read.encoded(part, classifier.tokenizer, 16) for part in read.parts]
    chosen = Finetuning(**{"learning_rate": 3e-3, "epochs": 4, "dropout": 0.0, **settings})
    results = []
    best = train_classifier(classifier, parts[0], parts[1], chosen, results.append)
    return classifier, parts, best, results


def test_a_separable_task_is_learned(folder, table):
    classifier, parts, *_ = trained(folder, table)
    test = parts[2]
    accuracy = scores(*test.scored(classifier.log_probabilities(test.texts)))["accuracy"]
    assert accuracy.center > 0.95
    assert accuracy.low <= accuracy.center <= accuracy.high


def test_training_ends_with_the_parameters_of_the_lowest_validation_loss(folder, table):
    """With such a rate the loss rises again, so the last parameters are not the best ones."""
    settings = {"learning_rate": 5e-2, "batch": 16, "epochs": 6, "patience": 3}
    classifier, parts, best, results = trained(folder, table, **settings)
    assert best == min(result.validation_loss for result in results)
    assert results[-1].validation_loss > 2 * best
    assert validation_loss(classifier, parts[1]) == best


def test_the_same_seed_gives_the_same_classifier(folder, table):
    one, other = (trained(folder, table, epochs=1)[0].network.state_dict() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_training_stops_without_improvement(folder, table):
    *_, results = trained(folder, table, learning_rate=3e-1, epochs=30, patience=2)
    assert len(results) < 60
    assert [result.best for result in results[-2:]] == [False, False]


def test_a_saved_classifier_predicts_the_same_here_and_in_transformers(folder, table, tmp_path):
    classifier, *_ = trained(folder, table, epochs=1)
    classifier.save(tmp_path)
    loaded = Classifier.load(tmp_path)
    texts = ["good film", "나는 bad story", ""]
    predictions = classifier.predict(texts)
    assert loaded.predict(texts) == predictions
    assert set(loaded.class_names) == {"neg", "pos"}
    transformers = pytest.importorskip("transformers")
    theirs = transformers.AutoModelForSequenceClassification.from_pretrained(tmp_path).eval()
    tokens = transformers.AutoTokenizer.from_pretrained(tmp_path)(texts[1], return_tensors="pt")
    logits = theirs(tokens["input_ids"]).logits[0].softmax(-1)
    best = int(logits.argmax())
    assert theirs.config.id2label[best] == predictions[1].name
    assert logits[best].item() == pytest.approx(predictions[1].probability, abs=1e-5)


def test_packed_logits_are_those_of_the_padded_network(folder):
    classifier = Classifier.on_top_of(folder, ("a", "b", "c"), "sequence", 0.0, seed=0)
    texts, pairs = ["good", "bad film story", "나는"], ["actor actor", "good", "영화 좋다 bad"]
    packed = classify_texts(classifier.tokenizer, texts, pairs, 16)
    network = classifier.network.double().eval()
    together = logits_of(network, packed, CPU)
    for i in range(3):
        part = slice(*packed.offsets[i : i + 2])
        words, segments = (
            torch.from_numpy(a[part])[None] for a in (packed.tokens, packed.segments)
        )
        torch.testing.assert_close(together[i : i + 1], network(words, segments))


def test_a_long_pair_is_cut_at_its_longer_part(folder):
    tokenizer = Classifier.on_top_of(folder, ("a", "b"), "sequence", 0.0, 0).tokenizer
    packed = classify_texts(tokenizer, ["good"] * 2, ["bad", " ".join(["bad"] * 30)], 10)
    good, bad = (tokenizer.token_to_id(w) for w in ("good", "bad"))
    assert packed.tokens[:5].tolist() == [2, good, 3, bad, 3]
    assert packed.tokens[5:].tolist() == [2, good, 3, *[bad] * 6, 3]


def test_words_have_their_class_at_their_first_piece():
    tokenizer = train_tokenizer(["ab abc"] * 3, vocabulary=100, min_count=1000)
    read = classify_words(tokenizer, ["ab abc"], [[7, 8]], 32)
    assert read.targets.tolist() == [IGNORED, 7, IGNORED, 8, IGNORED, IGNORED, IGNORED]
    with pytest.raises(ValueError, match="Row 1 has 2 words but 1 targets"):
        classify_words(tokenizer, ["ab abc"], [[7]], 32)


def test_classes_of_words_are_learned(folder, tmp_path):
    stream = numpy_stream(0, "tags")
    made = [[str(w) for w in stream.choice(WORDS, size=6)] for _ in range(200)]
    tagged = [(" ".join(r), " ".join("A" if w in WORDS[:2] else "O" for w in r)) for r in made]
    settings = LabelledTextSettings(input="text", target="label", kind="token")
    read = read_labelled_texts(write_table(tmp_path / "t.tsv", tagged), settings, 0)
    classifier = Classifier.on_top_of(folder, read.class_names, "token", 0.0, seed=0)
    training, validation, test = (read.encoded(p, classifier.tokenizer, 16) for p in read.parts)
    train_classifier(classifier, training, validation, Finetuning(learning_rate=3e-3, epochs=3))
    of_test = scores(*test.scored(classifier.log_probabilities(test.texts)))
    assert of_test["accuracy"].center > 0.99
    classifier.save(tmp_path / "out")
    named = Classifier.load(tmp_path / "out").predict_words(["good film 나는"])
    assert [p.name for p in named[0]] == ["A", "O", "O"]


def test_resampled_scores_are_those_of_scikit_learn():
    stream = np.random.default_rng(0)
    groups = np.repeat(np.arange(30), stream.integers(1, 4, 30))
    targets = stream.integers(0, 4, len(groups))
    logits = stream.normal(size=(len(groups), 5)) + 2 * np.eye(5)[targets]
    log_probabilities = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    weights = numpy_stream(0, "bootstrap").multinomial(30, np.full(30, 1 / 30), size=1000)
    prediction, values = logits.argmax(1), []
    for weight in weights:
        rows = np.repeat(np.arange(len(groups)), weight[groups])
        values.append(f1_score(targets[rows], prediction[rows], average="macro"))
    score = scores(log_probabilities, targets, groups)["macro_f1"]
    assert (score.low, score.high) == pytest.approx(tuple(np.quantile(values, [0.025, 0.975])))
    assert score.center == f1_score(targets, prediction, average="macro")
    assert score.n == 30


def test_scores_by_hand():
    p = np.log(np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.3, 0.7]]))
    found = scores(p, np.array([0, 1, 1, 1]), np.arange(4))
    assert found["accuracy"].center == pytest.approx(3 / 4)
    assert found["macro_f1"].center == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert found["loss"].center == pytest.approx(-np.log([0.9, 0.4, 0.8, 0.7]).mean())
    assert found["loss"].n == 4


def test_the_interval_is_that_of_a_binomial():
    n = 2000
    right = np.arange(n) < 1600
    p = np.log(np.where(right[:, None], [[0.9, 0.1]], [[0.1, 0.9]]))
    found = scores(p, np.zeros(n, int), np.arange(n))["accuracy"]
    error = 1.96 * np.sqrt(0.8 * 0.2 / n)  # a percentile from 1000 draws is known to about 6%
    assert found.high - found.center == pytest.approx(error, rel=0.2)
    assert found.center - found.low == pytest.approx(error, rel=0.2)


def test_classes_that_training_never_shows_are_named(tmp_path):
    train = write_table(tmp_path / "train.tsv", rows(50, 0))
    write_table(tmp_path / "test.tsv", [*rows(10, 1), ("film", "mixed")])
    with pytest.raises(ValueError, match=r"mixed"):
        read_labelled_texts(tmp_path, TEXT_AND_LABEL, 0)
    assert train.is_file()


def test_texts_of_the_test_split_are_taken_out_of_training(tmp_path):
    made = rows(50, 0)
    write_table(tmp_path / "train.tsv", made)
    write_table(tmp_path / "test.tsv", [*made[:3], *rows(20, 1)])
    read = read_labelled_texts(tmp_path, TEXT_AND_LABEL, 0)
    assert any("training texts occur in the test split" in note for note in read.notes)
    tested = {read.texts[i] for i in read.parts[2]}
    assert not tested & {read.texts[i] for part in read.parts[:2] for i in part}


def test_a_tokenizer_that_does_not_fit_is_refused(tmp_path):
    folder = write_folder(tmp_path)
    other = train_tokenizer([chr(c) for c in range(0xAC00, 0xAC80)], vocabulary=1000, coverage=1.0)
    save_tokenizer(other, folder)
    with pytest.raises(ValueError, match=r"tokenizer has \d+ tokens, but the network has"):
        MaskFiller.load(folder)
    with pytest.raises(ValueError, match=r"tokenizer has \d+ tokens, but the network has"):
        Classifier.on_top_of(folder, ("a", "b"), "sequence", 0.0, 0)


def test_masks_are_filled_with_the_networks_own_probabilities(folder):
    filler = MaskFiller.load(folder)
    sentence = "나는 [MASK] film [MASK]"
    masks = filler.fill(sentence, top=3)
    assert [len(mask) for mask in masks] == [3, 3]
    ids = filler._tokenizer.encode(sentence).ids
    logits = filler._network(torch.tensor([ids]))[0]
    best = logits[[2, 4]].softmax(-1).max(-1)
    assert [m[0].probability for m in masks] == pytest.approx(best.values.tolist())
    assert [m[0].token for m in masks] == [filler._tokenizer.id_to_token(i) for i in best.indices]


@pytest.mark.parametrize(
    ("sentence", "top", "message"),
    [
        ("no mask", 5, r"There is no \[MASK\] in 'no mask'"),
        ("[MASK] " * 15, 5, "has 17 tokens, but the network reads 16"),
        ("[MASK]", 0, "--top lies between 1 and"),
    ],
)
def test_a_sentence_that_can_not_be_filled(folder, sentence, top, message):
    with pytest.raises(ValueError, match=message):
        MaskFiller.load(folder).fill(sentence, top)


def test_bad_settings_are_refused():
    with pytest.raises(ValueError, match="are 1 or more, but they are 0"):
        dataclasses.replace(Finetuning(), epochs=0)


def test_what_is_no_classifier_is_refused(folder):
    assert json.loads((folder / "config.json").read_text())["architectures"] == ["BertForMaskedLM"]
    with pytest.raises(ValueError, match=r"BertForMaskedLM without classes.*finetune"):
        Classifier.load(folder)
