import pytest

from priorscope.cli import main
from priorscope.measures import MEASURES
from priorscope.models import MODELS
from priorscope.structures import STRUCTURES
from priorscope.tasks import TASKS

REGISTRIES = {"learners": MODELS, "tasks": TASKS, "structures": STRUCTURES, "measures": MEASURES}


@pytest.mark.parametrize("kind", REGISTRIES)
def test_lists_what_is_registered(kind, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["ls", kind])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert list(REGISTRIES[kind])
    assert all(name in printed for name in REGISTRIES[kind])


def test_another_kind_is_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["ls", "measure"])
    assert ended.value.code == 2
    assert 'Did you mean "measures"?' in capsys.readouterr().err
