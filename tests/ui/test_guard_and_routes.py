"""Who may ask, and what is answered: through the application itself, without a socket."""

import json
import re

import pytest
from starlette.testclient import TestClient

from priorscope.core.files import own, write
from priorscope.ui import inspection, uploads
from priorscope.ui.guard import POLICY
from priorscope.ui.inspection import Inspection
from priorscope.ui.routes import build
from priorscope.ui.server import Address

TOKEN, PORT = "a-token-of-this-test", 8123
HOSTILE = '<img src=x onerror=alert(1)>\x1b[31m"'
HOME = f"/{TOKEN}/en/"
HERE = f"http://127.0.0.1:{PORT}"


@pytest.fixture
def client(place, jobs):
    return TestClient(build(place, jobs, Address(PORT, TOKEN)), base_url=HERE)


REFUSED = {
    "no token": ("/", {}),
    "another token": (f"/{TOKEN[:-1]}x/en/", {}),
    "half a token": (f"/{TOKEN[:8]}/en/", {}),
    "another name for this machine": (HOME, {"host": f"evil.test:{PORT}"}),
    "another port": (HOME, {"host": f"127.0.0.1:{PORT + 1}"}),
    "another origin": (HOME, {"origin": "http://evil.test"}),
    "another scheme": (HOME, {"origin": f"https://127.0.0.1:{PORT}"}),
    "a sandboxed page": (HOME, {"origin": "null"}),
    "a script of another site": (HOME, {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}),
    "a frame of another site": (
        HOME,
        {
            "sec-fetch-site": "cross-site",
            "sec-fetch-mode": "navigate",
            "sec-fetch-dest": "iframe",
        },
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses_what_does_not_come_from_its_own_page(client, case):
    path, headers = REFUSED[case]
    answer = client.get(path, headers=headers)
    assert answer.status_code == 403
    assert "tiny" not in answer.text


@pytest.mark.parametrize("case", ["another origin", "another name for this machine"])
def test_actions_of_others_change_nothing(client, place, case):
    before = sorted(path for path in place.folder.rglob("*") if path.is_file())
    for at in ("upload?name=a.csv", "start", "look", "c/tiny/stop", "c/tiny/resume"):
        answer = client.post(HOME + at, content=b"x", headers=REFUSED[case][1])
        assert answer.status_code == 403
    assert sorted(path for path in place.folder.rglob("*") if path.is_file()) == before


def test_an_own_page_may_ask_and_links_from_elsewhere_may_be_followed(client):
    own_page = {"origin": HERE, "sec-fetch-site": "same-origin"}
    followed = {
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
    }
    assert client.get(HOME, headers=own_page).status_code == 200
    assert client.get(HOME, headers=followed).status_code == 200
    assert client.post(HOME + "look", content=b"{}", headers=followed).status_code == 403


@pytest.mark.parametrize("at", ["", "new", "side?of=tiny&of=tiny", "c/tiny", "c/nothing"])
def test_every_page_forbids_what_is_elsewhere(client, at):
    answer = client.get(HOME + at)
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    links = re.findall(r'(?:src|href)="([^"]*)"', answer.text)
    assert links
    assert [link for link in links if "//" in link or link.startswith("/")] == []
    assert re.findall(r"<script(?![^>]*(src|application/json))[^>]*>", answer.text) == []


def test_a_stored_page_can_reach_nothing(client, place):
    policy = client.get(HOME + "c/tiny/report.html").headers["content-security-policy"]
    assert "sandbox" in policy
    assert "allow-same-origin" not in policy
    assert "connect-src" not in policy
    assert policy.startswith("default-src 'none'")
    (place.folder / "tiny" / "report.html").unlink()
    assert client.get(HOME + "c/tiny/report.html").status_code == 404


@pytest.mark.parametrize(
    "name", ["..", "ui", "%2e%2e", "..%2Fresults%2Ftiny", "nothing", ".", "%00", "%ff", "x" * 300]
)
def test_no_name_leads_out_of_the_folder(client, name):
    assert client.get(f"{HOME}c/{name}/report.html").status_code in (403, 404)
    assert client.get(f"{HOME}c/{name}/events").status_code in (403, 404)
    for at in (f"p/{name}", f"static/{name}"):
        answer = client.get(HOME + at)
        assert answer.status_code in (403, 404) or answer.url.path == HOME  # `..` is the list


def test_links_in_the_folder_are_not_followed(client, place, tmp_path):
    (place.folder / "linked").symlink_to(place.folder / "tiny")
    assert client.get(f"{HOME}c/linked").status_code == 404
    report = place.folder / "tiny" / "report.html"
    secret = tmp_path / "secret.html"
    secret.write_text("secret", encoding="utf-8")
    report.unlink()
    report.symlink_to(secret)
    assert client.get(f"{HOME}c/tiny/report.html").status_code == 404


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_list_shows_a_comparison_in_both_languages(client, lang):
    text = client.get(f"/{TOKEN}/{lang}/").text
    assert f'<html lang="{lang}">' in text
    assert 'href="c/tiny"' in text
    assert ("finished" if lang == "en" else "완료") in text
    assert all(name in text for name in ("linear", "knn"))  # the heat map
    assert client.get(f"/{TOKEN}/fr/").status_code == 404


def test_a_comparison_that_ended_without_an_answer_says_so(client, place):
    path = place.folder / "tiny" / "summary.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    assert "no answer yet" not in client.get(HOME).text
    summary["answer"]["pick"] = None
    path.write_text(json.dumps(summary | {"leaderboard": []}), encoding="utf-8")
    assert "no answer yet" in client.get(HOME).text
    assert "아직 결론 없음" in client.get(f"/{TOKEN}/ko/").text


def test_a_comparison_shows_its_card_and_curves(client):
    text = client.get(HOME + "c/tiny").text
    assert '<div class="card">' in text
    payload = re.search(r'data-charts="">(.*?)</script>', text, re.DOTALL)
    charts = json.loads(payload[1])
    assert set(charts["specs"]) == {"accuracy", "test-bits"}
    assert {row["learner"] for row in charts["tables"]["curves"]} == {"linear", "knn"}


def test_two_are_laid_beside_each_other(client, place):
    import shutil

    shutil.copytree(place.folder / "tiny", place.folder / "again")
    text = client.get(HOME + "side?of=tiny&of=again").text
    assert text.count('<div class="card">') == 2
    assert text.count("data-charts=") == 2
    assert "Choose two" in client.get(HOME + "side?of=tiny").text


def test_hostile_names_are_text(client, place):
    folder = place.folder / HOSTILE.replace("/", "")
    own(folder, "comparison")
    summary = json.loads((place.folder / "tiny" / "summary.json").read_text("utf-8"))
    text = json.dumps(summary).replace('"knn"', json.dumps(HOSTILE))
    write(folder / "summary.json", text)
    for at in ("", f"side?of=tiny&of={_quoted(folder.name)}", f"c/{_quoted(folder.name)}"):
        answer = client.get(HOME + at)
        assert answer.status_code == 200, at
        assert "<img" not in answer.text
        assert "\x1b" not in answer.text
        assert "&lt;img" in answer.text


def _quoted(name):
    from urllib.parse import quote

    return quote(name)


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"schema": 2}', b"\xff", b"[" * 100_000])
def test_a_damaged_summary_is_one_sentence(client, place, content):
    (place.folder / "tiny" / "summary.json").write_bytes(content)
    assert client.get(HOME).status_code == 200
    answer = client.get(HOME + "c/tiny")
    assert answer.status_code == 200
    assert "run `priorscope compare` again" in answer.text or "schema" in answer.text


def test_other_pages_of_the_folder_are_linked(client, place):
    folder = place.folder / "tiny-profile"
    own(folder, "profile")
    write(folder / "profile.html", "<p>profile</p>")
    own(place.folder / "foreign", "something")
    write(place.folder / "foreign" / "profile.html", "<p>foreign</p>")
    assert 'href="p/tiny-profile"' in client.get(HOME).text
    assert 'href="../p/tiny-profile"' in client.get(HOME + "c/tiny").text
    answer = client.get(HOME + "p/tiny-profile")
    assert answer.text == "<p>profile</p>"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert client.get(HOME + "p/foreign").status_code == 404


# Uploads


def stored(place):
    return sorted((place.room / "uploads").rglob("*"))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("table.csv", "table.csv"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", "data"),
        ("", "data"),
        (HOSTILE, "img-src-x-onerror-alert-1-31m"),
        ("사진.zip", "사진.zip"),
        ("-rf.csv", "rf.csv"),
        ("a" * 500 + ".tar.gz", "a" * 53 + ".tar.gz"),
    ],
)
def test_an_upload_keeps_no_dangerous_name(client, place, given, kept):
    answer = client.post(HOME + "upload", params={"name": given}, content=b"x,y\n1,2\n")
    assert answer.json()["name"] == kept
    path = place.room / "uploads" / answer.json()["upload"] / kept
    assert path.read_bytes() == b"x,y\n1,2\n"
    assert place.upload(answer.json()["upload"]) == path


def test_a_file_that_is_too_large_leaves_nothing(client, place, monkeypatch):
    monkeypatch.setattr(uploads.receive, "__defaults__", (0, 100))
    answer = client.post(HOME + "upload?name=a.csv", content=b"x" * 101)
    assert answer.status_code == 413
    assert "path on this machine" in answer.json()["problem"]

    def chunks():  # of unknown length
        for _ in range(11):
            yield b"x" * 10

    answer = client.post(HOME + "upload?name=a.csv", content=chunks())
    assert answer.status_code == 413
    assert stored(place) == []
    assert client.post(HOME + "upload?name=a.csv", content=b"").status_code == 400
    assert stored(place) == []


def test_what_a_killed_server_left_of_an_upload_is_removed(place):
    path = place.new_upload("a.csv")
    path.with_name(".part").write_bytes(b"half")
    whole = place.new_upload("b.csv")
    whole.write_bytes(b"whole")
    place.claim()
    assert stored(place) == [whole.parent, whole]


@pytest.mark.parametrize("upload", ["../tiny", "0123456789ab", "", "x"])
def test_only_an_upload_is_one(place, upload):
    with pytest.raises(LookupError, match="drop the file again"):
        place.upload(upload)


# Looking and starting


@pytest.fixture
def asked(monkeypatch):
    """Questions that were asked of the reading process, which is left out."""
    questions = []

    def inspect(question):
        questions.append(question)
        problem = "" if question.settings.get("target") else "Which column?"
        names = dict.fromkeys(("quick", "standard", "thorough"), "fresh")
        return Inspection(
            lines=["90 examples"], columns=["a", HOSTILE], problem=problem, names=names
        )

    monkeypatch.setattr(inspection, "inspect", inspect)
    return questions


def post(client, at, **question):
    return client.post(HOME + at, content=json.dumps(question))


def test_what_was_read_is_shown_with_a_choice_of_the_target(client, asked):
    answer = post(client, "look", data="table.csv").json()
    assert not answer["ready"]
    assert "Which column?" in answer["html"]
    assert "<img" not in answer["html"]
    assert post(client, "look", data="table.csv", target="a").json()["ready"]


def test_start_does_not_read_again_what_was_shown(client, asked, jobs):
    post(client, "look", data="table.csv", target="a")
    answer = post(client, "start", data="table.csv", target="a", preset="quick")
    assert answer.json() == {"name": "fresh"}
    assert len(asked) == 1
    assert jobs.job("fresh").settings == {"preset": "quick", "target": "a"}
    assert "Stop" in client.get(HOME + "c/fresh").text
    again = post(client, "start", data="table.csv", target="a", preset="quick")
    assert again.status_code == 400
    assert "already" in again.json()["problem"]
    assert client.post(HOME + "c/fresh/stop").status_code == 200


BAD = {
    "no data": {"data": " "},
    "an unknown preset": {"data": "digits", "preset": "fast"},
    "a budget": {"data": "digits", "budget": "soon"},
    "no target": {"data": "table.csv"},
    "an upload that isn't there": {"upload": "0123456789ab"},
    "numbers": {"data": 3},
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_question_is_one_sentence(client, asked, case):
    answer = post(client, "start", **BAD[case])
    assert answer.status_code in (400, 404)
    assert answer.json()["problem"].rstrip("?.")
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("content", [b"", b"[", b"[1]", b"x" * 70_000, b"[" * 60_000])
def test_what_is_not_a_question_is_refused(client, content):
    assert client.post(HOME + "start", content=content).status_code == 400


def test_nothing_to_stop_and_nothing_to_resume(client):
    assert client.post(HOME + "c/tiny/stop").status_code == 404
    assert client.post(HOME + "c/tiny/resume").status_code == 404
    assert client.get(HOME + "c/tiny/stop").status_code == 405


# The process that reads


def test_reading_names_columns_classes_and_folder(place, tmp_path, make_table):
    data = make_table(tmp_path / "tiny.csv", rows=80, target="color", names=("red", HOSTILE))
    question = inspection.AskedQuestion(data=str(data), results=str(place.folder))
    unsaid = inspection.answer(question)
    assert unsaid.unchosen
    assert unsaid.columns == ["first", "second", "color"]
    question = inspection.AskedQuestion(
        data=str(data), results=str(place.folder), settings={"target": "color"}
    )
    read = inspection.answer(question)
    assert read.problem == ""
    assert (read.kind, read.target) == ("vector", "color")
    assert any("64" in line for line in read.lines)
    assert read.names["quick"].startswith("tiny-")  # other data of this name are there
    assert not any("\x1b" in line for line in read.lines)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 no archive", b"\x00" * 64, b"", b"a,b\n1\n2,3,4\n"]
)
def test_a_damaged_file_is_a_problem_not_a_crash(place, tmp_path, content):
    for name in ("a.zip", "a.csv", "a.npz"):
        (tmp_path / name).write_bytes(content)
        question = inspection.AskedQuestion(data=str(tmp_path / name), results=str(place.folder))
        assert inspection.answer(question).problem


def test_an_own_room_is_never_a_comparison(place, tmp_path, make_table):
    data = make_table(tmp_path / "ui.csv")
    question = inspection.AskedQuestion(data=str(data), results=str(place.folder))
    assert set(inspection.answer(question).names.values()) == {"ui-data"}
