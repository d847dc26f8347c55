#!/usr/bin/env bash
# Make .venv with priorscope, its tools and the pinned CPU torch. uv where it can be had (it is
# ten times as fast as pip), pip otherwise. uv doesn't read pip's settings, so they are handed on.
set -euo pipefail
cd "$(dirname "$0")/.."
python="${PYTHON:-python3}"
"$python" -c 'import sys; assert sys.version_info >= (3, 11), "priorscope needs Python 3.11 or newer; set PYTHON=python3.11"'
[ -x .venv/bin/python ] || "$python" -m venv .venv
pip=(.venv/bin/python -m pip --disable-pip-version-check)
torch="torch==2.13.0"
packages=("$torch" -e ".[dev]" -c constraints.txt)

# uv leaves modules uncompiled: several workers would then compile torch at once, and where
# PYTHONDONTWRITEBYTECODE is set, each anew at every start (10 s of CPU time). So what most commands
# import is compiled here, as pip does.
compiled() {
  local site
  site="$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
  (cd "$site" && env -u PYTHONPYCACHEPREFIX "$OLDPWD/.venv/bin/python" -m compileall -q -j 0 \
    -x '(^|/)tests?/|^torch/(_inductor|onnx|testing|_dynamo/polyfills)/' \
    torch torchgen scipy sklearn pandas numpy beartype jaxtyping altair narwhals rich hypothesis \
    _pytest xdist jinja2 cyclopts joblib loky cloudpickle PIL pyarrow attr attrs jsonschema \
    referencing msgspec packaging tqdm "$OLDPWD/priorscope") || true # templates for others fail
}

setting() { "${pip[@]}" config get "$1" 2>/dev/null || true; }
links="${PIP_FIND_LINKS:-$(setting global.find-links)}"
index="${PIP_INDEX_URL:-$(setting global.index-url)}"

if "${pip[@]}" install -q uv; then
  [ -z "$links" ] || export UV_FIND_LINKS="$links"
  [ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
  if .venv/bin/uv pip install -q --python .venv/bin/python "${packages[@]}"; then
    compiled
    exit 0
  fi
  echo "uv could not install; trying pip" >&2
fi
"${pip[@]}" install -q "$torch"
"${pip[@]}" install -q "${packages[@]}"
