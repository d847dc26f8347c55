import http.server
import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not shutil.which("bash"), reason="a script for bash")


def audit(database):
    environment = {**os.environ, "OSV": database, "no_proxy": "*"}
    line = ["bash", "tools/audit.sh"]
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True)


class Ignorant(http.server.BaseHTTPRequestHandler):
    """Answers that nothing is known of anything, as a portal or a proxy may."""

    def do_POST(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format, *args):
        """Nothing."""


def test_where_no_database_answers_nothing_is_called_audited():
    done = audit("http://127.0.0.1:9")
    assert done.returncode == 0
    assert done.stdout == (
        "audit: http://127.0.0.1:9 can't be reached; the packages were not audited.\n"
    )


def test_a_database_that_knows_nothing_of_a_known_vulnerability_is_none():
    server = http.server.HTTPServer(("127.0.0.1", 0), Ignorant)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    done = audit(f"http://127.0.0.1:{server.server_port}")
    thread.join()
    server.server_close()
    assert done.returncode == 0
    assert "not audited" in done.stdout
