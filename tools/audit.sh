#!/usr/bin/env bash
# Known vulnerabilities of the packages in .venv, by pip-audit, which gets an environment of its own.
# Where the database can't be reached nothing is audited, which is said and is no failure.
# OSV: the database. PYTHON: to make the environment with.
set -euo pipefail
cd "$(dirname "$0")/.."
python="${PYTHON:-.venv/bin/python}"
database="${OSV:-https://api.osv.dev}"
if ! "$python" - "$database" <<'PROBE'; then
import json, sys, urllib.request

package = {"version": "3.1.2", "package": {"name": "jinja2", "ecosystem": "PyPI"}}
try:
    question = urllib.request.Request(sys.argv[1] + "/v1/query", json.dumps(package).encode())
    with urllib.request.urlopen(question, timeout=5) as answer:
        known = json.load(answer).get("vulns")
except (OSError, ValueError):
    known = None
sys.exit(0 if known else 1)  # that version has some
PROBE
  echo "audit: $database can't be reached; the packages were not audited."
  exit 0
fi
[ -x .venv-audit/bin/python ] || "$python" -m venv .venv-audit
[ -x .venv-audit/bin/pip-audit ] ||
  .venv-audit/bin/pip --disable-pip-version-check install -q pip-audit
site="$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
.venv-audit/bin/pip-audit -s osv --osv-url "$database/v1/query" --path "$site" --skip-editable \
  --progress-spinner off
