"""Attention as a page: bytes, sizes, errors, models of Hugging Face."""

import json
import re

import numpy as np
import pytest

from priorscope.cli import main
from priorscope.core.attention_code import LARGEST_ERROR, coded, decoded, packed, unpacked
from priorscope.fitted.fit import fit
from priorscope.profiles.attention import attention
from priorscope.report.attention_viewer import AttentionPage, Viewer
from priorscope.tasks import Examples
from priorscope.train.recipe import Recipe, parse_learner


def maps(blocks=12, heads=12, tokens=128, sharpness=2.0):
    stream = np.random.default_rng(0)
    scores = sharpness * stream.standard_normal((blocks, heads, tokens, tokens))
    weights = np.exp(scores)
    return weights / weights.sum(axis=-1, keepdims=True)


def test_no_weight_is_off_by_more_than_promised():
    every = np.linspace(0, 1, 100_001)
    assert np.abs(decoded(coded(every)) - every).max() <= LARGEST_ERROR
    small = np.linspace(0, 0.01, 1001)
    assert np.abs(decoded(coded(small)) - small).max() < 0.0005
    codes = coded(maps(2, 2, 9))
    assert np.array_equal(unpacked(packed(codes), codes.shape), codes)


@pytest.mark.parametrize("sharpness", [0.0, 0.7, 1.5, 4.0])
def test_twelve_by_twelve_heads_of_128_tokens_fit_three_megabytes(sharpness):
    codes = coded(maps(sharpness=sharpness))
    page = AttentionPage("a text", (Viewer("a text", codes, (1, 128), words=("word",) * 128),))
    assert len(page.html().encode()) <= 3 * 2**20


def test_empty_attention_is_an_error():
    with pytest.raises(ValueError, match="nothing to look at"):
        Viewer("a text", np.zeros((0, 12, 4, 4), np.uint8), (1, 4))
    with pytest.raises(ValueError, match="has the shape"):
        Viewer("a text", coded(maps(1, 1, 5)), (1, 4))


def test_what_stands_in_the_page_is_escaped_and_a_notebook_has_it_in_a_frame():
    bad = '</script><img src=x onerror="alert(1)">'
    page = AttentionPage(bad, (Viewer(bad, coded(maps(1, 1, 2)), (1, 2), words=(bad, "b")),))
    text = page.html()
    assert "<img" not in text
    data = re.search(r'id="payload">(.*?)</script>', text, re.DOTALL)[1]
    assert json.loads(data)["viewers"][0]["words"][0] == bad
    assert page._repr_html_().startswith('<iframe sandbox="allow-scripts" srcdoc="&lt;!doctype')


@pytest.fixture(scope="module")
def bert(tmp_path_factory, tokenizer):
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    from priorscope.text.tokenizer import save_tokenizer

    folder = tmp_path_factory.mktemp("bert")
    config = transformers.BertConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=32, num_hidden_layers=2,
        num_attention_heads=4, intermediate_size=64, max_position_embeddings=64,
    )  # fmt: skip
    transformers.BertModel(config).save_pretrained(folder)
    save_tokenizer(tokenizer, folder)
    return folder


def run(*arguments):
    with pytest.raises(SystemExit) as ended:
        main(["attention", *map(str, arguments)])
    return ended.value.code


def test_a_text_of_a_hugging_face_model(bert, tmp_path, capsys):
    assert run(bert, "baced foguha", "--out", tmp_path / "out") == 0
    page = (tmp_path / "out" / "attention.html").read_text(encoding="utf-8")
    data = re.search(r'id="payload">(.*?)</script>', page, re.DOTALL)[1]
    (viewer,) = json.loads(data)["viewers"]
    assert (viewer["blocks"], viewer["heads"]) == (2, 4)
    assert viewer["words"][0] == "[CLS]"
    body = page.partition("<main>")[2].partition("</main>")[0]
    assert "Point at a word" in body
    assert "patch" not in body
    assert "baced" not in body  # the title stands above
    n = viewer["tokens"]
    rows = decoded(unpacked(viewer["weights"], (2, 4, n, n))).sum(axis=-1)
    assert np.abs(rows - 1).max() < 0.05


def test_the_encoder_of_one_with_a_decoder(bert, tokenizer, tmp_path):
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    from priorscope.text.tokenizer import save_tokenizer

    config = transformers.T5Config(
        vocab_size=tokenizer.get_vocab_size(), d_model=16, d_kv=8, d_ff=32, num_layers=2,
        num_heads=2, decoder_start_token_id=0,
    )  # fmt: skip
    transformers.T5Model(config).save_pretrained(tmp_path / "t5")
    save_tokenizer(tokenizer, tmp_path / "t5")
    codes = attention(tmp_path / "t5", "baced foguha").viewers[0].codes
    assert codes.shape[:2] == (2, 2)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("FNet", {"hidden_size": 16, "num_hidden_layers": 1, "intermediate_size": 16}),
        ("ResNet", {"embedding_size": 8, "hidden_sizes": [8, 8], "depths": [1, 1]}),
    ],
)
def test_a_model_without_attention_is_an_error_not_a_page(kind, options, tmp_path, capsys, bert):
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    from PIL import Image

    from priorscope.text.tokenizer import load_tokenizer, save_tokenizer

    tokenizer, image = load_tokenizer(bert), tmp_path / "a.png"
    Image.fromarray(np.zeros((40, 50, 3), np.uint8)).save(image)
    if kind == "FNet":
        options = {**options, "vocab_size": tokenizer.get_vocab_size()}
    config = getattr(transformers, f"{kind}Config")(**options)
    getattr(transformers, f"{kind}Model")(config).save_pretrained(tmp_path / "model")
    save_tokenizer(tokenizer, tmp_path / "model")
    example = "baced foguha" if kind == "FNet" else image
    assert run(tmp_path / "model", example, "--out", tmp_path / "out") == 2
    assert "has no attention that can be read" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_image_of_a_hugging_face_model(tmp_path):
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    from PIL import Image

    config = transformers.ViTConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        image_size=32, patch_size=8,
    )  # fmt: skip
    transformers.ViTModel(config).save_pretrained(tmp_path / "vit")
    Image.fromarray(np.zeros((40, 50, 3), np.uint8)).save(tmp_path / "a.png")
    assert run(tmp_path / "vit", tmp_path / "a.png", "--out", tmp_path / "out") == 0
    page = (tmp_path / "out" / "attention.html").read_text(encoding="utf-8")
    (viewer,) = json.loads(re.search(r'id="payload">(.*?)</script>', page, re.DOTALL)[1])["viewers"]
    assert viewer["grid"] == [4, 4]
    assert viewer["leading"] == 1
    assert viewer["image"].startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    ("example", "sentence"),
    [
        ("missing.png", "There is no image missing.png"),
        ("ba " * 100, "tokens, but the model reads 1 to 64"),
    ],
)
def test_bad_input_is_one_sentence(bert, example, sentence, capsys):
    assert run(bert, example) == 2
    assert sentence in capsys.readouterr().err


def test_a_folder_that_is_no_model(tmp_path, capsys):
    assert run(tmp_path, "a text") == 2
    assert "must be a folder of a saved model" in capsys.readouterr().err


def test_a_model_that_was_fitted(lines, tmp_path, capsys):
    table = tmp_path / "texts.csv"
    rows = [f'"{line}",{"long" if len(line) > 30 else "short"}' for line in lines[:80]]
    table.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    arguments = ["fit", table, "--learner", "transformer:width=16,depth=2,num_heads=2"]
    arguments += ["--steps", "3", "--epochs", "0", "--out", tmp_path / "model"]
    with pytest.raises(SystemExit) as ended:
        main(list(map(str, arguments)))
    assert ended.value.code == 0
    assert run(tmp_path / "model", lines[0], "--out", tmp_path / "out") == 0
    page = (tmp_path / "out" / "attention.html").read_text(encoding="utf-8")
    (viewer,) = json.loads(re.search(r'id="payload">(.*?)</script>', page, re.DOTALL)[1])["viewers"]
    assert (viewer["blocks"], viewer["heads"]) == (2, 2)
    assert len(viewer["words"]) == viewer["tokens"]
    assert lines[0][0] in viewer["words"][0] + viewer["words"][1]
    n = viewer["tokens"]
    sums = decoded(unpacked(viewer["weights"], (2, 2, n, n))).sum(axis=-1)
    assert np.abs(sums - 1).max() < 0.05


def test_a_model_of_numbers_reads_no_text(tmp_path, capsys):
    x = np.random.default_rng(0).normal(size=(60, 4, 4, 1)).astype(np.float32)
    task = Examples(x[:40], np.arange(40) % 2, x[40:], np.arange(20) % 2, ("a", "b"))
    learner = parse_learner("vit:width=8,depth=1,num_heads=2", Recipe(steps=2, epochs=0))
    fit(task, learner, seeds=1).save(tmp_path / "model")
    assert run(tmp_path / "model", "a text") == 2
    assert "was trained on numbers, not on texts or image files" in capsys.readouterr().err


def test_a_model_without_attention_is_one_sentence_with_a_way_out(lines, tmp_path, capsys):
    """Also where an estimator was fitted, and where a model of numbers reads no text anyway."""
    x = np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32)
    task = Examples(x[:40], np.arange(40) % 2, x[40:], np.arange(20) % 2, ("a", "b"))
    mlp = parse_learner("mlp:width=8", Recipe(steps=2, epochs=0))
    fit(task, mlp, seeds=1).save(tmp_path / "net")
    fit(task, parse_learner("forest", Recipe()), seeds=1).save(tmp_path / "forest")
    for model in (tmp_path / "net", tmp_path / "forest", "mlp", "cnn+shift"):
        assert run(model, lines[0], "--out", tmp_path / "out") == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert "has no attention that can be read; give a model that attends" in said
        assert "--learner transformer" in said
    assert not (tmp_path / "out").exists()


def test_a_learner_in_place_of_a_model_is_told_how_to_become_one(capsys):
    assert run("vit:depth=2", "a text") == 2
    assert "is a learner, not a saved model; `priorscope fit DATA --learner vit:depth=2" in (
        capsys.readouterr().err
    )
