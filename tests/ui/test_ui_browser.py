"""The local page in headless Chromium: what a user sees and does, and what others can't."""

import functools
import http.server
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import uvicorn

from priorscope.ui.routes import build
from priorscope.ui.server import Address

pytestmark = pytest.mark.browser

TOKEN = "a-token-of-this-test"
HOSTILE = '<img src=x onerror=alert(1)>"\x1b[31m'


def until(condition, seconds=60.0, pause=0.05):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(pause)


@pytest.fixture
def url(place, jobs):
    """The address of a server in a thread of this process."""
    import socket

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        address = Address(listening.getsockname()[1], TOKEN)
        box = []
        app = build(place, jobs, address, lambda: box[0].should_exit)
        config = uvicorn.Config(
            app, log_level="critical", lifespan="off", ws="none", timeout_graceful_shutdown=1
        )
        box.append(uvicorn.Server(config))
        thread = threading.Thread(target=box[0].run, kwargs={"sockets": [listening]})
        thread.start()
        yield address.url("en")
        box[0].should_exit = True
        thread.join()


@pytest.fixture
def visit(new_page):
    """Open an address."""

    def open_page(address, width=1280, dark=False):
        page = new_page(width, dark)
        page.goto(address)
        return page

    return open_page


def state(page):
    return page.locator("#live").get_attribute("data-state")


@pytest.mark.parametrize("at", ["", "new", "c/tiny", "side?of=tiny&of=again"])
def test_pages_open_without_complaint_requests_or_sideways_scroll(visit, url, place, at):
    import shutil

    shutil.copytree(place.folder / "tiny", place.folder / "again")
    for width, dark in ((1280, False), (390, True)):
        page = visit(url + at, width, dark)
        if "c/" in at or "side" in at:
            page.wait_for_selector("html[data-drawn=yes]", timeout=60_000)
            assert page.locator(".chart svg").count() == page.locator(".chart").count() > 0
        assert page.complaints == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
        here = url.partition(TOKEN)[0]
        own = (here, "data:", "blob:")
        assert [one for one in page.requests if not one.startswith(own)] == []


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_to_mend_for_screen_readers(visit, url, axe, dark):
    for at in ("", "new", "c/tiny"):
        page = visit(url + at, dark=dark)
        result = axe(page, dark)
        assert [v["id"] for v in result.response["violations"]] == [], at


def test_the_list_leads_to_two_side_by_side(visit, url, place):
    import shutil

    shutil.copytree(place.folder / "tiny", place.folder / "again")
    page = visit(url)
    button = page.get_by_role("button", name="Two side by side")
    assert button.is_disabled()
    for box in page.locator("input[name=of]").all():
        box.check()
    button.click()
    page.wait_for_selector(".sides .card")
    assert page.locator(".sides .card").count() == 2


def test_two_tabs_show_the_same_and_one_stops_it(visit, url, jobs):
    jobs.start("one", "data", {})
    first, second = visit(url + "c/one"), visit(url + "c/one")
    assert state(first) == state(second) == "starting"
    first.get_by_role("button", name="Stop").click()
    until(lambda: state(first) != "starting" and state(second) != "starting")
    assert second.get_by_role("button", name="Resume").is_visible()
    second.get_by_role("button", name="Resume").click()
    until(lambda: state(first) == "starting")
    assert first.complaints == second.complaints == []


EVIL = """<!doctype html><title>waiting</title><body><iframe src="URL"></iframe><script>
const attempts = [
  () => fetch("URLstart", { method: "POST", body: '{"data": "digits"}' }),
  () => fetch("URL"),
  () => fetch("URLstart", { method: "POST", body: '{"data": "digits"}', mode: "no-cors" }),
  () => new Promise((yes, no) => new EventSource("URLc/tiny/events").onmessage = yes),
];
(async () => {
  const told = [];
  for (const attempt of attempts)
    told.push(await Promise.race([
      attempt().then((answer) => answer.type === "opaque" ? "blind" : "read", () => "refused"),
      new Promise((yes) => setTimeout(() => yes("nothing"), 1500)),
    ]));
  document.title = told.join(" ");
})();
</script>"""


def test_pages_of_another_origin_read_and_start_nothing(browser, url, jobs, tmp_path):
    (tmp_path / "evil.html").write_text(EVIL.replace("URL", url), encoding="utf-8")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format, *args):
            pass

    handler = functools.partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as elsewhere:
        threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{elsewhere.server_address[1]}/evil.html")
        until(lambda: page.title() != "waiting")
        assert page.title() == "refused refused refused nothing"
        frame = page.frames[1]
        assert "tiny" not in frame.content()
        page.close()
        elsewhere.shutdown()
    assert jobs.names() == []


def test_hostile_files_are_text_or_a_sentence(visit, url, make_table, tmp_path):
    page = visit(url + "new")
    data = make_table(tmp_path / "a.csv", names=("red", HOSTILE), target="label").read_bytes()
    page.set_input_files(
        "#file", {"name": f"{HOSTILE}.csv", "mimeType": "text/csv", "buffer": data}
    )
    page.locator("#read section").wait_for(timeout=120_000)
    assert page.locator("#read img").count() == 0
    assert "<img" in page.locator("#read").inner_text()
    assert "\x1b" not in page.locator("#read").inner_text()
    assert page.locator("#start").is_visible()
    page.set_input_files(
        "#file", {"name": "a.zip", "mimeType": "application/zip", "buffer": b"PK\x03\x04 none"}
    )
    page.locator("#read .problem").wait_for(timeout=120_000)
    assert page.locator("#start").is_hidden()
    assert page.complaints == []


def serve(folder: Path) -> tuple[subprocess.Popen, str]:
    """The command itself, and the address that it prints."""
    arguments = [sys.executable, "-m", "priorscope", "ui", str(folder)]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    return process, process.stdout.readline().strip()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_from_a_dropped_file_to_the_card_over_a_killed_server(visit, place, make_table, tmp_path):
    data = make_table(tmp_path / "fresh.csv", rows=240, target="color")
    server, address = serve(place.folder)
    try:
        page = visit(address + "new")
        page.set_input_files("#file", str(data))
        page.locator("#target").wait_for(timeout=200_000)
        page.locator("#target").select_option("color")
        page.locator("#start").wait_for(timeout=200_000)
        page.fill("#learners", "linear, knn, mlp")
        page.fill("#budget", "10m")
        page.locator("#start button").click()
        page.wait_for_url("**/c/fresh", timeout=200_000)
        until(lambda: state(page) == "running", 200)
        server.send_signal(signal.SIGKILL)
        server.wait()
        server.stdout.close()
        server, address = serve(place.folder)

        page = visit(address)
        assert page.get_by_role("link", name="tiny").first.is_visible()
        page.goto(address + "c/fresh")
        until(lambda: state(page) == "running", 200)  # it survived
        page.get_by_role("button", name="Stop").click()
        until(lambda: state(page) == "stopped", 200)
        page.get_by_role("button", name="Resume").click()
        until(lambda: state(page) == "finished", 800)
        page.wait_for_selector("#live .card dl")
        assert page.locator("#live .card").inner_text().count("\n") > 2
        assert page.locator(".chart svg").count() == 2
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="Full report").click()
        opened.value.wait_for_selector("html[data-drawn=yes]", timeout=120_000)
        assert opened.value.locator("#answer .card").is_visible()
        assert page.complaints == []
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(60) == 0
        server.stdout.close()
    assert not (place.room / "server.json").exists()
