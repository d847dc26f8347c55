"""The server: on this machine's loopback alone, one at a time for a folder, ended by Ctrl-C."""

import dataclasses
import json
import os
import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from priorscope.core.files import this_machine, write
from priorscope.ui.jobs import Jobs
from priorscope.ui.place import Place
from priorscope.ui.processes import birth, is_same

LOOPBACK = "127.0.0.1"
RECORD = "server.json"  # in the room: which process shows the folder
TOKEN_BYTES = 24


class ExtraMissing(ValueError):
    """The packages of the extra `ui` aren't installed."""


def need_extra() -> None:
    """Make sure that the page's server is installed.

    Raises:
        ExtraMissing: if it isn't.
    """
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise ExtraMissing(
            "The local page needs a small server; pip install 'priorscope[ui]' installs it."
        ) from error


@dataclasses.dataclass(frozen=True)
class Address:
    """Where the page is: port and token."""

    port: int
    token: str

    def url(self, lang: str) -> str:
        """To be opened in a browser of this machine."""
        return f"http://{LOOPBACK}:{self.port}/{self.token}/{lang}/"

    @property
    def hosts(self) -> frozenset[str]:
        """What a browser calls it."""
        return frozenset(f"{name}:{self.port}" for name in (LOOPBACK, "localhost"))


def serve(folder: Path, port: int, lang: str, opened: Callable[[str], None]) -> None:
    """Show a folder until the process is interrupted; then comparisons that run here end too.

    port: 0 takes any that is free. opened: called with the address once it can be opened.

    Raises:
        ExtraMissing: if the server isn't installed.
        ValueError: if the port is taken, or another process shows the folder.
        OSError: if the folder can't be written.
    """
    need_extra()
    from priorscope.ui.routes import build

    place = Place(folder)
    place.claim()
    with _socket(port) as listening:
        _claim_room(place)
        address = Address(listening.getsockname()[1], secrets.token_urlsafe(TOKEN_BYTES))
        jobs = Jobs(place)
        try:
            server = _server(lambda ended: build(place, jobs, address, ended))
            opened(address.url(lang))
            server.run(sockets=[listening])
        finally:
            jobs.close()
            (place.room / RECORD).unlink(missing_ok=True)


def _server(app: Callable[[Callable[[], bool]], Any]) -> Any:
    """Uvicorn around what `app` makes of a function that says whether it is ending."""
    import uvicorn

    box: list[uvicorn.Server] = []
    made = app(lambda: bool(box) and box[0].should_exit)
    config = uvicorn.Config(
        made, log_level="warning", access_log=False, timeout_graceful_shutdown=2,
        server_header=False, lifespan="off",
    )  # fmt: skip
    box.append(uvicorn.Server(config))
    return box[0]


def _socket(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.bind((LOOPBACK, port))
    except OSError as error:
        listening.close()
        raise ValueError(
            f"Port {port} is taken; leave out --port, and one that is free is chosen."
        ) from error
    listening.listen(64)
    return listening


@dataclasses.dataclass(frozen=True)
class Showing:
    """A process that shows a folder; see `birth`."""

    machine: str
    pid: int
    began: str


def _claim_room(place: Place) -> None:
    """One server for a folder, so that nothing is started twice."""
    path = place.room / RECORD
    before = _showing(path)
    if before and before.machine == this_machine() and is_same(before.pid, before.began):
        raise ValueError(
            f"{place.folder} is open already, in process {before.pid}; use the address that it "
            "printed, or end it first."
        )
    mine = Showing(this_machine(), os.getpid(), birth(os.getpid()) or "")
    write(path, json.dumps(dataclasses.asdict(mine)), root=place.room)


def _showing(path: Path) -> Showing | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Showing)
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError):
        return None
