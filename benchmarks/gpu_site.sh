#!/usr/bin/env bash
# What benchmarks/gpu.sh and make test-gpu need beside torch, numpy, scipy, scikit-learn, pytest,
# transformers and the like, in a folder for a machine without a network (37 MB).
#
#   bash benchmarks/gpu_site.sh DIR [PYTHON_VERSION] [light]
#
# light: 4 MB; instead of vl-convert-python a stand-in that draws no charts, with the charts' script
# from this user's cache (make a report once), so that reports are made but show less.
set -euo pipefail
dir=${1:?folder}; python=${2:-3.12}; light=${3:-}; top=$(cd "$(dirname "$0")/.." && pwd)
rm -rf "$dir"; mkdir -p "$dir/extra"; dir=$(cd "$dir" && pwd); cd "$top"
packages=(msgspec cyclopts docstring-parser rich-rst docutils loky skops prettytable wcwidth beartype
  altair jsonschema jsonschema-specifications referencing rpds-py)
names=(priorscope)
if [ -n "$light" ]; then
  names+=(vl-convert-python)
  mkdir -p "$dir/extra/vl_convert" "$dir/extra/cache/priorscope"
  cp "${XDG_CACHE_HOME:-$HOME/.cache}"/priorscope/*.js "$dir/extra/cache/priorscope/"
  printf "%s\n" "def vegalite_to_svg(*_, **__):" \
    "    return '<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"></svg>'" \
    "def svg_to_png(*_, **__):" "    return b''" \
    > "$dir/extra/vl_convert/__init__.py"
else
  packages+=(vl-convert-python)
fi
.venv/bin/pip download -q --no-deps --only-binary=:all: --python-version "$python" \
  --platform manylinux_2_28_x86_64 --platform manylinux2014_x86_64 --platform any -d "$dir" \
  -c constraints.txt "${packages[@]}"
for name in "${names[@]}"; do
  version=$(.venv/bin/python -c "from importlib.metadata import version; print(version('$name'))")
  info="$dir/extra/${name//-/_}-$version.dist-info"; mkdir -p "$info"
  printf 'Metadata-Version: 2.1\nName: %s\nVersion: %s\n' "$name" "$version" > "$info/METADATA"
done
du -sh "$dir"
