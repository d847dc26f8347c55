"""Particles by how a word ends when it is read aloud: the table was written by a reader."""

import pytest

from priorscope.wording.particles import FORMS, filled, particle

READ = {  # word -> with 은, 이, 을, 과, 으로
    "모델": "은이을과로",
    "정확도": "는가를와로",
    "구간": "은이을과으로",
    "오류율": "은이을과로",
    "cnn": "은이을과으로",  # 씨엔엔
    "CNN": "은이을과으로",
    "gru": "는가를와로",  # 지알유
    "mlp": "는가를와로",  # 엠엘피
    "lstm": "은이을과으로",  # 엘에스티엠
    "vit": "는가를와로",  # 브이아이티
    "bert": "는가를와로",
    "linear": "는가를와로",  # 리니어
    "transformer": "는가를와로",
    "boosting": "은이을과으로",  # 부스팅
    "logistic": "은이을과으로",  # 로지스틱
    "naive-bayes": "는가를와로",
    "random-convolutions": "는가를와로",
    "knn": "은이을과으로",
    "dtw": "는가를와로",  # 디티더블유
    "tfidf": "는가를와로",
    "forest": "는가를와로",
    "ridge": "는가를와로",
    "model": "은이을과로",
    "cnn+shift": "는가를와로",
    "vit:patch=2": "는가를와로",  # 이
    "mlp:width=256": "은이을과으로",  # 육
    "RMSE": "는가를와로",
    "R²": "은이을과으로",  # 알 제곱
    "0": "은이을과으로",  # 영
    "1": "은이을과로",  # 일
    "2": "는가를와로",
    "3": "은이을과으로",
    "6": "은이을과으로",
    "7": "은이을과로",
    "8": "은이을과로",
    "9": "는가를와로",
    "10": "은이을과으로",  # 십
    "1,200": "은이을과으로",  # 백
    "3,000": "은이을과으로",  # 천
    "50,000": "은이을과으로",  # 만
    "0.5": "는가를와로",
    "0.50": "은이을과으로",  # 오영
    "94%": "는가를와로",  # 퍼센트
    "94% (92~96%)": "는가를와로",  # brackets aren't read
    "480개(390~600개)": "는가를와로",
    "'age'": "는가를와로",
    "`cnn`": "은이을과으로",
    "3.4×": "는가를와로",  # 배
}
ORDER = ("은", "이", "을", "과", "으로")


@pytest.mark.parametrize(("word", "read"), READ.items())
def test_particles_follow_the_last_sound(word, read):
    assert "".join(particle(word, form) for form in ORDER) == read


def test_both_forms_where_nobody_can_tell():
    assert particle("学习", "은") == "은(는)"
    assert particle("", "을") == "을(를)"
    assert particle("...", "과") == "과(와)"


def test_a_template_asks_for_its_particles():
    values = {"a": "cnn", "b": "gru", "n": 12}
    assert filled("{a:은} {b:을} {n:02d}번", values) == "cnn은 gru를 12번"
    assert filled("{a}와 {b}", values) == "cnn와 gru"
    with pytest.raises(LookupError, match="no particle"):
        particle("a", "xx")


def test_every_form_has_both_endings():
    assert all(len(pair) == 2 for pair in FORMS.values())
