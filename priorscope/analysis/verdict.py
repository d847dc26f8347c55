"""The verdict: what the numbers say, in sentences that name their own limits."""

from typing import Any

from priorscope.analysis.codelength import Results

SURE = 0.95


def verdict(
    results: Results,
    leaderboard: list[dict[str, Any]],
    strength: list[dict[str, Any]],
    unresolved: list[dict[str, Any]],
) -> list[str]:
    """Best learner and how sure, what can't be separated, what it lives on, what is unresolved."""
    n, whole = results.reached, results.sizes[-1]
    if not leaderboard:
        return [f"Nothing can be said yet: no learner has all of its runs at {results.sizes[0]:,}."]
    sentences = [_best(leaderboard, n), *_bits(leaderboard[0])]
    if n < whole:
        sentences.append(f"Up to {whole:,} examples were asked for; all learners reached {n:,}.")
    if len(leaderboard) > 1:
        sentences += _tied(leaderboard)
    sentences += _structure(leaderboard[0]["learner"], strength)
    if results.failed:
        sentences.append(
            f"{_number(len(results.failed), 'run')} failed; they are listed with reasons."
        )
    if unresolved:
        cells = ", ".join(f"{u['learner']} ({u['structure']})" for u in unresolved[:4])
        more = f" and {len(unresolved) - 4} more" if len(unresolved) > 4 else ""
        sentences.append(f"Unresolved, because runs are missing: {cells}{more}.")
    return sentences


def _best(leaderboard: list[dict[str, Any]], n: int) -> str:
    best = leaderboard[0]
    if len(leaderboard) == 1:
        return f"Only {best['learner']} has all of its runs, so there is nothing to rank."
    probability = best["probability_best"]
    if best["code_bits_per_label"]["n"] < 2:
        return (
            f"{best['learner']} has the shortest code on {n:,} examples, but from one draw "
            f"nobody can say how sure that is."
        )
    if probability < 1.01 / len(leaderboard):  # as after one draw in common
        return (
            f"{best['learner']} has the shortest code on {n:,} labelled examples, but too few "
            f"draws were finished for all learners to say which fits best."
        )
    how = f"with probability {probability:.0%}" if probability < 0.995 else "almost surely"
    return f"On {n:,} labelled examples, {best['learner']} fits these data best, {how}."


def _bits(best: dict[str, Any]) -> list[str]:
    code, accuracy = best["code_bits_per_label"], best["accuracy"]
    sentence = (
        f"It needs {code['mean']:.2f} bits per label{_range(code, 2)} where the labels alone "
        f"take {best['reference_bits_per_label']:.2f}"
    )
    if accuracy is not None:
        sentence += f", and its test accuracy at the largest size is {accuracy['mean']:.1%}"
    return [sentence + "."]


def _tied(leaderboard: list[dict[str, Any]]) -> list[str]:
    """Which learners can't be separated from the best, by the paired difference."""
    tied = [
        row["learner"]
        for row in leaderboard[1:]
        if row["behind"]["low"] is None or row["behind"]["low"] <= 0
    ]
    second = leaderboard[1]
    if tied:
        names = ", ".join(tied)
        return [f"These draws can't separate it from {names}."]
    gap = second["behind"]
    return [
        f"The next, {second['learner']}, needs {gap['mean']:.2f} bits per label more"
        f"{_range(gap, 2)}."
    ]


def _structure(learner: str, strength: list[dict[str, Any]]) -> list[str]:
    """What the best learner lives on: structures whose destruction surely costs it bits."""
    own = [
        row
        for row in strength
        if row["learner"] == learner and row["structure"] not in ("intact", "random-labels")
    ]
    if not own:
        return []
    surely = [row for row in own if (row["bits_per_label"]["low"] or 0) > 0]
    surely.sort(key=lambda row: -row["bits_per_label"]["mean"])
    if not surely:
        names = ", ".join(row["structure"] for row in own)
        return [f"None of the structures that were destroyed ({names}) surely mattered to it."]
    parts = [f"{row['structure']} costs {row['bits_per_label']['mean']:.2f}" for row in surely[:3]]
    return [f"What it lives on: in bits per label, {', '.join(parts)}."]


def _range(value: dict[str, Any], digits: int) -> str:
    if value["low"] is None:
        return ""
    return f" ({value['low']:.{digits}f} to {value['high']:.{digits}f})"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
