#!/usr/bin/env bash
# The documentation as a site in build/site, English and Korean under ko/, with links and anchors
# checked. mkdocs has a virtual environment of its own. PYTHON: to make that with.
set -euo pipefail
cd "$(dirname "$0")/.."
python="${PYTHON:-python3}"
[ -x .venv-docs/bin/python ] || "$python" -m venv .venv-docs
if [ ! -x .venv-docs/bin/mkdocs ]; then
  .venv-docs/bin/pip --disable-pip-version-check install -q -c constraints.txt mkdocs-material
fi
export NO_MKDOCS_2_WARNING=1 # about a successor that reads the same files
rm -rf build/site
.venv-docs/bin/python tools/docs_site.py assemble build/pages
.venv-docs/bin/mkdocs build -q --strict -f tools/mkdocs/en.yml
.venv-docs/bin/mkdocs build -q --strict -f tools/mkdocs/ko.yml
.venv-docs/bin/python tools/docs_site.py check build/site
