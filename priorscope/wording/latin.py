"""How Latin words end when they are read in Korean, so that particles fit: CNN 씨엔엔, GRU 지알유.

Names of learners come first, then letters that are spelt out, then the rules of loan words.
"""

import re

K, N, L, M, P, T, NG = 1, 4, 8, 16, 17, 19, 21  # ㄱ ㄴ ㄹ ㅁ ㅂ ㅅ ㅇ, as Unicode numbers them
# how the letters l, m, n, r are called: 엘 엠 엔 알; all others end in a vowel
LETTERS = {"l": L, "m": M, "n": N, "r": L}
WORDS = {
    "gru": 0,  # 지알유
    "vit": 0,  # 브이아이티
    "bert": 0,  # 버트
    "mae": 0,  # 엠에이이
    "rmse": 0,
    "auroc": K,  # 에이유록
    "dataset": T,
    "digits": 0,  # 디지츠
    "iris": 0,
    "bayes": 0,
    "lstm": M,
    "knn": N,
    "code": 0,  # 코드
    "made": 0,
    "one": N,  # 원
    "bag": K,
    "mean": N,
    "wine": N,
    "gene": N,
    "some": M,
    "time": M,
    "base": 0,
    "large": 0,
    "small": L,
    "mixer": 0,
    "forest": 0,
    "block": K,
    "ridge": 0,
    "quick": K,
}
VOWELS = set("aeiouy")
# ends of words -> final consonant; the longest that fits is taken
ENDS = {
    "ng": NG,
    "l": L,
    "le": L,
    "m": M,
    "me": M,
    "n": N,
    "ne": N,
    "ck": K,
    "c": K,
    "ap": P,
    "ep": P,
    "ip": P,
    "op": P,
    "up": P,
    "at": T,
    "et": T,
    "it": T,
    "ot": T,
    "ut": T,
    "ok": K,
    "eb": P,
}


def final_of_latin(word: str) -> int:
    """The final consonant of the last Latin word of `word`, 0 for none."""
    match = re.search(r"[A-Za-z]+$", word)
    assert match is not None, "the word ends with a letter"
    last = match.group()
    lower = last.lower()
    if lower in WORDS:
        return WORDS[lower]
    if _is_spelt(last):
        return LETTERS.get(lower[-1], 0)
    fits = [end for end in ENDS if lower.endswith(end)]
    return ENDS[max(fits, key=len)] if fits else 0


def _is_spelt(word: str) -> bool:
    """Whether its letters are read one by one: CNN, mlp, R; not linear."""
    return len(word) == 1 or word.isupper() or not VOWELS & set(word.lower())
