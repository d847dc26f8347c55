"""How much is run: named amounts, from minutes to days."""

from typing import Literal

Preset = Literal["quick", "standard", "thorough"]
PRESETS: tuple[Preset, ...] = ("quick", "standard", "thorough")
