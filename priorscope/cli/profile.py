"""`priorscope profile NETWORK… --data DATA`: what networks really do with their input."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from priorscope.cli.exit_codes import Exit
from priorscope.experiments.settings import Settings, separated

LINE_EVERY = 10.0  # seconds, where there is no terminal


def run(
    networks: list[str],
    /,
    *,
    data: Annotated[str, Parameter(alias="-d")],
    measures: Annotated[str | None, Parameter(alias="-m")] = None,
    examples: int = 256,
    memory: float = 2.0,
    untrained: bool = True,
    conflict: Path | None = None,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative="")] = False,
    settings: Settings | None = None,
) -> int:
    """Measure what networks do with DATA, and lay them side by side in one page.

    Flags that say how to read the data, --preset, --seed, --device and --fresh are those of
    `compare`. What is in --out isn't measured again; stop it whenever you like.

    Parameters
    ----------
    networks
        Learners (cnn, vit:patch=2: trained on DATA first), folders of saved models, a comparison's
        folder (its two best learners; FOLDER:LEARNER one of them), timm:NAME, FILE.py:FUNCTION.
    data
        As for `priorscope compare`.
    measures
        Names, separated by commas; all by default. `priorscope ls measures` lists them.
    examples
        Test examples to measure on, at most.
    memory
        GB that activations may take; fewer examples are run at once with less.
    untrained
        Measure a learner's network before its training too.
    conflict
        Folder of images named SHAPE-TEXTURE.png whose two cues disagree.
    json_
        Print the rows as JSON on stdout.
    quiet
        No progress.
    """
    from priorscope.core.printable import LINE, file_safe, json_line, printable
    from priorscope.experiments.dataset import data_name
    from priorscope.profiles.run import profile
    from priorscope.wording.language import speak
    from priorscope.wording.profile import network_names
    from priorscope.wording.stored import retold

    settings = settings or Settings()
    speak(settings.lang)
    out = settings.out or Path("priorscope-runs") / f"{file_safe(data_name(data))}-profile"
    result = profile(
        networks,
        data,
        measures=None if measures is None else separated(measures),
        examples=examples,
        memory=memory,
        out=out,
        untrained=untrained,
        conflict=conflict,
        settings=settings,
        show=(lambda what, done, of: None) if quiet else _shown(),
    )
    path = result.save(out)
    if json_:
        content = {**result.to_json(), "report": str(path)}
        print(json_line(content))
        return Exit.DONE
    shown = network_names(result.networks)
    for name, phrases in result.words.items():
        print(printable(f"{shown[name]}: {'; '.join(phrases)}.", LINE))
    for network in result.to_json()["networks"]:
        for note in network["notes"]:
            print(printable(f"{shown[network['name']]}: {retold(note)}", LINE))
    print(path)
    return Exit.DONE


def _shown() -> Callable[[str, int, int], None]:
    """Lines on stderr: one that is written over on a terminal, else one now and then."""
    from priorscope.core.printable import printable

    terminal = sys.stderr.isatty()
    said = [0.0]

    def show(what: str, done: int, of: int) -> None:
        what, now = printable(what), time.monotonic()
        if terminal:
            print(f"\r\033[K{done} of {of} {what}"[:100], end="", file=sys.stderr, flush=True)
            if done == of:
                print("\r\033[K", end="", file=sys.stderr, flush=True)
        elif now - said[0] > LINE_EVERY or done == of:
            said[0] = now
            print(f"measuring: {done} of {of} {what}".rstrip(), file=sys.stderr, flush=True)

    return show
