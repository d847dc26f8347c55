"""What is said about time follows from rows that are done; and it orders work within a rung."""

import dataclasses

import pytest

from priorscope.runs.pace import Pace
from priorscope.runs.planner import Question, ladder
from priorscope.structures import parse_structure
from priorscope.train.recipe import parse_learner
from priorscope.wording.race import schedule

SIZES = (100, 200, 400, 800, 1600)


def question(*learners: str) -> Question:
    return Question(
        learners=tuple(map(parse_learner, learners)), structures=(parse_structure("intact"),),
        sizes=SIZES, repeats=3, seed=0, tune=1, data="0" * 16,
    )  # fmt: skip


def runs(asked: Question, size: int, repeats: int = 1):
    intact = asked.structures[0]
    return [
        asked.run(learner, intact, size, repeat, 1)
        for repeat in range(repeats)
        for learner in asked.learners
    ]


def test_seconds_follow_the_power_of_what_was_measured():
    asked, pace = question("forest"), Pace()
    for size in (0, 1, 2):
        (run,) = runs(asked, size)
        assert pace.knows(run) == (size > 0)
        pace.learn(run, {"wall_seconds": 0.01 * run.size**1.2})
    for size in (3, 4):
        (run,) = runs(asked, size)
        assert pace.seconds(run) == pytest.approx(0.01 * run.size**1.2, rel=1e-6)
    six = dataclasses.replace(run, tune=6)
    assert pace.seconds(six) == pace.seconds(run)  # it has no recipe to try


def test_one_size_is_enough_to_tell_what_networks_plan():
    asked, pace = question("cnn"), Pace()
    first, last = runs(asked, 0)[0], runs(asked, 4)[0]
    pace.learn(first, {"wall_seconds": 2.0})
    planned = first.learner.recipe.planned_steps
    assert pace.seconds(last) == pytest.approx(2.0 * planned(1600) / planned(100))
    assert pace.seconds(dataclasses.replace(last, tune=6)) == pytest.approx(6 * pace.seconds(last))


def test_a_network_takes_the_share_of_its_plan_that_others_of_its_kind_took():
    asked, pace = question("cnn"), Pace()
    first, last = runs(asked, 0)[0], runs(asked, 4)[0]
    planned = first.learner.recipe.planned_steps
    for share in (0.2, 0.4, 0.9):  # an update takes a hundredth of a second
        steps = round(share * planned(100))
        row = {"wall_seconds": 0.01 * steps, "steps": steps, "planned_steps": planned(100)}
        pace.learn(first, row)
    assert pace.seconds(last) == pytest.approx(0.5 * 0.01 * planned(1600), rel=0.01)


def test_the_nearest_size_tells_how_much_of_a_plan_is_used():
    asked, pace = question("cnn"), Pace()
    planned = asked.learners[0].recipe.planned_steps
    for size, share in ((0, 1.0), (3, 0.5)):
        run = runs(asked, size)[0]
        steps = round(share * planned(run.size))
        row = {"wall_seconds": 0.01 * steps, "steps": steps, "planned_steps": planned(run.size)}
        pace.learn(run, row)
    for size, share in ((1, 1.0), (2, 0.5), (4, 0.5)):
        run = runs(asked, size)[0]
        expected = share * 0.01 * planned(run.size)
        assert pace.seconds(run) == pytest.approx(expected, rel=0.01)


def test_the_median_counts_not_the_run_that_was_disturbed():
    asked, pace = question("forest"), Pace()
    (run,) = runs(asked, 0)
    for seconds in (1.0, 1.1, 50.0):
        pace.learn(run, {"wall_seconds": seconds})
    assert pace.seconds(run) == pytest.approx(1.1)


def test_what_is_cheap_does_not_wait_and_the_last_long_run_is_not_last():
    asked = question("cnn", "forest")
    rungs = [runs(asked, 0, 2)[:2], runs(asked, 0, 2)[2:]]

    def seconds(run):
        return 60.0 if run.learner.text == "cnn" else 0.2

    order = [batch[0].learner.text for batch in ladder(rungs, seconds, 10, False)]
    assert order == ["forest", "cnn", "cnn", "forest"]


def test_replicas_train_together_only_while_that_is_short():
    asked = question("mlp")
    rungs = [runs(asked, 0, 3)]
    assert [len(b) for b in ladder(rungs, lambda run: 1.0, 10, False)] == [3]
    assert [len(b) for b in ladder(rungs, lambda run: 100.0, 10, False)] == [1, 1, 1]


def test_on_a_gpu_a_rung_of_a_learner_is_one_batch():
    asked = question("mlp", "knn")
    rungs = [runs(asked, 0, 2) + runs(asked, 1, 2), runs(asked, 2, 2)]
    made = ladder(rungs, lambda run: 100.0, 10, True)
    sizes = [sorted({r.size for r in b}) for b in made if b[0].learner.text == "mlp"]
    assert sizes == [[100, 200], [400]]
    assert {len(b) for b in made if b[0].learner.text == "knn"} == {1}


def test_a_schedule_says_what_will_not_be_reached():
    said = schedule([(100, 10.0), (200, 30.0), (400, 400.0)], 120.0, "cnn")
    assert (
        said
        == "100 labels by 10 s, 200 labels by 30 s; 400 would need 6 min 40 s, most of it for cnn"
    )
