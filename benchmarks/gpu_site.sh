#!/usr/bin/env bash
# What benchmarks/gpu.sh and make test-gpu need beside torch, numpy, scipy, scikit-learn, pytest,
# transformers and the like, in a folder of 4 MB for a machine without a network.
#
#   bash benchmarks/gpu_site.sh DIR [PYTHON_VERSION]
#
# Wheels of pure Python and of Linux x86-64; stand-ins for vl-convert-python (33 MB), whose only
# product, the charts' script, is taken from this user's cache (make a report once).
set -euo pipefail
dir=${1:?folder}; python=${2:-3.12}; top=$(cd "$(dirname "$0")/.." && pwd); cd "$top"
mkdir -p "$dir/extra/cache/priorscope" "$dir/extra/vl_convert"
.venv/bin/pip download -q --no-deps --only-binary=:all: --python-version "$python" \
  --platform manylinux_2_28_x86_64 --platform manylinux2014_x86_64 --platform any -d "$dir" \
  -c constraints.txt msgspec cyclopts docstring-parser rich-rst docutils loky \
  altair jsonschema jsonschema-specifications referencing rpds-py
printf 'def javascript_bundle(*_):\n    raise RuntimeError("only the stored script is here")\n' \
  > "$dir/extra/vl_convert/__init__.py"
for name in vl-convert-python priorscope; do
  version=$(.venv/bin/python -c "from importlib.metadata import version; print(version('$name'))")
  info="$dir/extra/${name//-/_}-$version.dist-info"; mkdir -p "$info"
  printf 'Metadata-Version: 2.1\nName: %s\nVersion: %s\n' "$name" "$version" > "$info/METADATA"
done
cp "${XDG_CACHE_HOME:-$HOME/.cache}"/priorscope/*.js "$dir/extra/cache/priorscope/"
du -sh "$dir"
