import dataclasses
from typing import Annotated, Literal

import pytest
from msgspec import Meta

from priorscope.core.config import Config, digest, type_in_words
from priorscope.core.signature import Signature
from priorscope.targets.classes import Classes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Oven(Config):
    degrees: int = 200
    door: float = 0.5
    mode: Literal["grill", "fan"] = "fan"
    trays: tuple[int, ...] = (1, 2)
    label: str = ""
    limit: int | None = None


def test_comes_back_from_json():
    oven = Oven(degrees=180, trays=(3,), limit=4)
    assert Oven.from_json(oven.to_json()) == oven


def test_comes_back_from_json_as_a_file_holds_it():
    import json

    oven = Oven(trays=(5, 6))
    assert Oven.from_json(json.loads(json.dumps(oven.to_json()))) == oven


def test_options_are_text():
    oven = Oven.from_options({"degrees": "180", "door": "1", "mode": "grill", "limit": "none"})
    assert oven == Oven(degrees=180, door=1.0, mode="grill", limit=None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"degres": "1"}, "no hyperparameter 'degres'.*Did you mean 'degrees'"),
        ({"degrees": "warm"}, "degrees must be int, but it is 'warm'"),
        ({"degrees": "true"}, "degrees must be int, but it is True"),
        ({"mode": "steam"}, "mode must be one of 'grill', 'fan', but it is 'steam'"),
    ],
)
def test_bad_options_name_rule_and_value(options, message):
    with pytest.raises(ValueError, match=message):
        Oven.from_options(options)


def test_another_version_is_refused():
    with pytest.raises(ValueError, match="stored with version 7"):
        Oven.from_json({**Oven().to_json(), "version": 7})


@pytest.mark.parametrize(("stored", "error", "message"), [
    ({}, ValueError, "stored without input_shape, target"),
    ({"input_shape": [2], "target": {}}, LookupError, "No target named 'None'"),
    ({"input_shape": [2], "target": {"kind": []}}, LookupError, r"No target named '\[\]'"),
])  # fmt: skip
def test_what_lacks_a_field_is_refused(stored, error, message):
    with pytest.raises(error, match=message):
        Signature.from_json(stored)


def test_digest_is_frozen():
    # If this fails, stored results no longer answer to their names: raise `runs.run.PROTOCOL`
    # on purpose, say so in CHANGELOG, and write the new digest here.
    signature = Signature(input_shape=(3, 4), target=Classes(num_classes=2))
    assert signature.digest == "a65ecb8c995e4f4e"


def test_digest_refuses_nan():
    with pytest.raises(ValueError, match="not JSON compliant"):
        digest({"a": float("nan")})


def test_digest_depends_on_every_field():
    changed = [Oven(degrees=1), Oven(door=0.1), Oven(mode="grill"), Oven(trays=()), Oven(limit=0)]
    assert len({config.digest for config in [Oven(), *changed]}) == 6


def test_lists_are_said_in_words():
    hint = tuple[Annotated[int, Meta(ge=1, le=1000)], ...] | None
    assert type_in_words(hint) == "a list, each int from 1 to 1,000 or None"
