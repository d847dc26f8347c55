#!/usr/bin/env bash
# Build wheel and sdist twice: the bytes must agree. Check them, and use the wheel without the
# checkout. PYTHON: with build's dependencies in reach; PACKAGES: a folder of installed packages to
# use instead of installing the wheel's dependencies.
set -euo pipefail
cd "$(dirname "$0")/.."
python="${PYTHON:-python3}"
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1700000000)}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
"$python" -m venv "$work/tools"
"$work/tools/bin/pip" install -q hatchling build twine
for round in 1 2; do
  "$work/tools/bin/python" -m build -q --no-isolation --outdir "$work/$round" . >/dev/null
done
(cd "$work/1" && sha256sum -- *) | (cd "$work/2" && sha256sum -c --quiet)
"$work/tools/bin/twine" check --strict "$work"/1/*
"$python" -m venv "$work/clean"
if [ -n "${PACKAGES:-}" ]; then
  "$work/clean/bin/pip" install -q --no-deps "$work"/1/*.whl
  export PYTHONPATH="$PACKAGES"
else
  "$work/clean/bin/pip" install -q "$work"/1/*.whl
fi
(cd "$work" && "$work/clean/bin/python" -c 'import priorscope, pathlib, sys
home = pathlib.Path(priorscope.__file__)
assert home.is_relative_to(pathlib.Path(sys.prefix)), home')
(cd "$work" && "$work/clean/bin/priorscope" ls learners | grep -q cnn)
rm -rf dist && mkdir dist && cp "$work"/1/* dist/
(cd dist && sha256sum -- *)
