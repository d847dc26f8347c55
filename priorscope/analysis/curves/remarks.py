"""What is worth saying of curves: keys and values; `priorscope.wording` has the sentences."""

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Remark:
    """key: which sentence. values: plain JSON, what stands in it."""

    key: str
    values: Mapping[str, object]

    def to_json(self) -> dict[str, object]:
        """`{"key", "values"}`."""
        return dataclasses.asdict(self)


def remark(key: str, **values: object) -> Remark:
    """A remark from keywords."""
    return Remark(key, values)
