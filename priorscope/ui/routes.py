"""Addresses: /TOKEN/LANGUAGE/... for pages, files and what the page's script asks."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from priorscope.experiments.settings import Settings
from priorscope.ui import inspection, pages, uploads
from priorscope.ui.guard import STORED_POLICY, Guard
from priorscope.ui.jobs import Jobs
from priorscope.ui.library import Library
from priorscope.ui.place import Place
from priorscope.ui.watch import Watching
from priorscope.wording.errors import told_error
from priorscope.wording.language import LANGUAGES, speaking

if TYPE_CHECKING:
    from priorscope.ui.server import Address

LOOK = 1.0  # seconds between two looks at a comparison that runs
ALIVE = 15.0  # seconds after which a stream says that it is still there
LARGEST_QUESTION = 65_536  # bytes
ASKABLE = ("preset", "budget", "target", "learners", "kind", "metric")  # settings of the form
READING = ("target", "kind")  # of them those that say how to read
REMEMBERED = 16  # data sets whose reading is kept


class Rooms:
    """What the handlers share."""

    def __init__(self, place: Place, jobs: Jobs, ended: Callable[[], bool]):
        self.place, self.jobs, self.ended = place, jobs, ended
        self.library = Library(place, jobs)
        self.watching = Watching(self.library, jobs)
        self.reading = asyncio.Semaphore(2)  # data sets that are read at once
        self.inspected: dict[str, inspection.Inspection] = {}


def build(
    place: Place, jobs: Jobs, address: "Address", ended: Callable[[], bool] = lambda: False
) -> Starlette:
    """The application.

    ended: whether the server is ending, so that streams end too.
    """
    rooms = Rooms(place, jobs, ended)
    base = "/{token}/{lang}"
    shown = {
        "/": _home, "/new": _new, "/side": _side, "/c/{name}": _comparison,
    }  # fmt: skip
    routes = [Route(f"{base}{at}", _page(rooms, show)) for at, show in shown.items()]
    files = {
        "/c/{name}/report.html": _report, "/p/{name}": _stored, "/static/{name}": _static,
    }  # fmt: skip
    routes += [Route(f"{base}{at}", _page(rooms, show)) for at, show in files.items()]
    routes.append(Route(f"{base}/c/{{name}}/events", partial(_events, rooms)))
    asked = {
        "/upload": _upload, "/look": _look, "/start": _start, "/c/{name}/stop": _stop,
        "/c/{name}/resume": _resume,
    }  # fmt: skip
    for at, handle in asked.items():
        routes.append(Route(f"{base}{at}", _action(rooms, handle), methods=["POST"]))
    guard = Middleware(Guard, token=address.token, hosts=address.hosts)
    return Starlette(routes=routes, middleware=[guard], exception_handlers={404: _missing})


def _page(rooms: Rooms, show: Callable[[Rooms, Request], Response]) -> Callable[..., Any]:
    """An endpoint that speaks the language of its address; reading runs in a thread."""

    def in_language(request: Request) -> Response:
        with speaking(_language(request)):
            try:
                return show(rooms, request)
            except KeyError:  # a fault of ours
                raise
            except LookupError as error:
                return HTMLResponse(
                    pages.problem(str(error.args[0]), _to_root(request)), status_code=404
                )
            except (ValueError, OSError) as error:
                return HTMLResponse(pages.problem(str(error), _to_root(request)), status_code=500)

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(in_language, request)

    return endpoint


def _action(rooms: Rooms, handle: Callable[[Rooms, Request], Any]) -> Callable[..., Any]:
    """An endpoint that answers JSON; a user's mistake is its `problem`."""

    async def endpoint(request: Request) -> Response:
        with speaking(_language(request)):
            try:
                return JSONResponse(await handle(rooms, request))
            except uploads.TooLarge as error:
                return JSONResponse({"problem": told_error(str(error))}, status_code=413)
            except LookupError as error:
                return JSONResponse({"problem": told_error(str(error.args[0]))}, status_code=404)
            except (ValueError, OSError) as error:
                return JSONResponse({"problem": told_error(str(error))}, status_code=400)
            except ClientDisconnect:
                return Response(status_code=400)

    return endpoint


def _to_root(request: Request) -> str:
    """From the address of a request to that of the list, relative."""
    return "../" * (request.url.path.count("/") - 3)  # of /TOKEN/LANGUAGE/...


def _language(request: Request) -> str:
    lang = request.path_params["lang"]
    if lang not in LANGUAGES:
        raise HTTPException(404)
    return lang


def _missing(request: Request, error: Exception) -> Response:
    return PlainTextResponse("There is no such page.", status_code=404)


def _home(rooms: Rooms, request: Request) -> Response:
    return HTMLResponse(pages.home(rooms.place.folder, rooms.library))


def _new(rooms: Rooms, request: Request) -> Response:
    return HTMLResponse(pages.new())


def _side(rooms: Rooms, request: Request) -> Response:
    names = request.query_params.getlist("of")[:2]
    watched = [rooms.watching.look(name) for name in dict.fromkeys(names)]
    return HTMLResponse(pages.side(watched))


def _comparison(rooms: Rooms, request: Request) -> Response:
    watched = rooms.watching.look(request.path_params["name"])
    return HTMLResponse(pages.comparison(watched, rooms.library, rooms.jobs))


def _report(rooms: Rooms, request: Request) -> Response:
    entry = rooms.library.entry(request.path_params["name"])
    if not entry.report:
        raise LookupError(f"{entry.name} has no report yet.")
    return _sandboxed(entry.folder / "report.html")


def _stored(rooms: Rooms, request: Request) -> Response:
    return _sandboxed(rooms.library.page(request.path_params["name"]).path)


def _sandboxed(path: Path) -> Response:
    """A page of the folder, which may do nothing but show itself."""
    return FileResponse(
        path, media_type="text/html", headers={"content-security-policy": STORED_POLICY}
    )


def _static(rooms: Rooms, request: Request) -> Response:
    text, kind = pages.static(request.path_params["name"])
    return Response(text, media_type=kind)


async def _upload(rooms: Rooms, request: Request) -> Mapping[str, Any]:
    name = request.query_params.get("name", "")
    announced = int(request.headers.get("content-length") or 0)
    path = await uploads.receive(rooms.place, name, request.stream(), announced)
    return {"upload": path.parent.name, "name": path.name}


async def _asked(rooms: Rooms, request: Request) -> tuple[str, dict[str, Any]]:
    """Data and settings of a question.

    Raises:
        ValueError: if it isn't one.
        LookupError: if its upload isn't there.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_QUESTION:
            raise ValueError("A question has at most 64 kB.")
    try:
        asked = msgspec.json.decode(bytes(body), type=dict[str, str])
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ValueError("A question is an object of texts.") from error
    if asked.get("upload"):
        data = str(rooms.place.upload(asked["upload"]).resolve())
    else:
        data = asked.get("data", "").strip()
    if not data:
        raise ValueError("Which data? Drop a file, or give a path or a name.")
    settings: dict[str, Any] = {key: asked[key] for key in ASKABLE if asked.get(key)}
    if "learners" in settings:
        from priorscope.experiments.settings import separated

        settings["learners"] = list(separated(settings["learners"]))
    Settings.of(**settings)
    return data, settings


async def _inspected(rooms: Rooms, data: str, settings: dict[str, Any], lang: str) -> Any:
    """What was read; remembered, so that starting doesn't read again what was just shown."""
    reading = {key: settings[key] for key in READING if key in settings}
    key = json.dumps([data, reading, lang])
    if key not in rooms.inspected:
        question = inspection.AskedQuestion(
            data=data, results=str(rooms.place.folder), settings=reading, lang=lang
        )
        async with rooms.reading:
            answer = await run_in_threadpool(inspection.inspect, question)
        while len(rooms.inspected) >= REMEMBERED:
            rooms.inspected.pop(next(iter(rooms.inspected)))
        rooms.inspected[key] = answer
    return rooms.inspected[key]


async def _look(rooms: Rooms, request: Request) -> Mapping[str, Any]:
    data, settings = await _asked(rooms, request)
    answer = await _inspected(rooms, data, settings, _language(request))
    return {"html": pages.inspected(answer), "ready": not answer.problem}


async def _start(rooms: Rooms, request: Request) -> Mapping[str, Any]:
    data, settings = await _asked(rooms, request)
    answer = await _inspected(rooms, data, settings, _language(request))
    rooms.inspected.clear()  # the folders aren't the same any more
    if answer.problem:
        raise ValueError(answer.problem)
    name = answer.names[Settings.of(**settings).preset]
    await run_in_threadpool(rooms.jobs.start, name, data, settings)
    return {"name": name}


async def _stop(rooms: Rooms, request: Request) -> Mapping[str, Any]:
    await run_in_threadpool(rooms.jobs.stop, rooms.library.entry(request.path_params["name"]).name)
    return {}


async def _resume(rooms: Rooms, request: Request) -> Mapping[str, Any]:
    name = rooms.library.entry(request.path_params["name"]).name
    await run_in_threadpool(rooms.jobs.resume, name)
    return {}


async def _events(rooms: Rooms, request: Request) -> Response:
    """Server-sent events: the comparison again, whenever something changed."""
    name, lang = request.path_params["name"], _language(request)
    try:
        await run_in_threadpool(rooms.library.entry, name)
    except LookupError as error:
        return PlainTextResponse(str(error.args[0]), status_code=404)
    return StreamingResponse(_changes(rooms, name, lang), media_type="text/event-stream")


async def _changes(rooms: Rooms, name: str, lang: str) -> AsyncIterator[str]:
    stamp: Any = None
    silent = 0.0
    while not rooms.ended():
        try:
            now = await run_in_threadpool(rooms.watching.stamp, name)
            if now != stamp:
                stamp, silent = now, 0.0
                told = await run_in_threadpool(_told, rooms, name, lang)
                yield f"data: {json.dumps(told)}\n\n"
        except (LookupError, OSError):  # the folder was removed
            return
        await asyncio.sleep(LOOK)
        silent += LOOK
        if silent >= ALIVE:
            silent = 0.0
            yield ": \n\n"


def _told(rooms: Rooms, name: str, lang: str) -> dict[str, Any]:
    with speaking(lang):
        return pages.live(rooms.watching.look(name), rooms.jobs)
