#!/usr/bin/env bash
# Everything measured on a GPU, each part by itself: one that fails prints why and stops no other.
#
#   bash benchmarks/gpu.sh OUT [--site DIR] [--data DIR] [--seconds N] [--parts "start tests grid ..."]
#
# OUT: a folder for logs and tables; results.md begins with every figure that is asked for, its target
# and what was measured. --data: fashion_mnist.npz and cifar10*, a folder of images or an archive;
# what is absent is skipped. --site: what the machine's Python lacks, made by
# `bash benchmarks/gpu_site.sh DIR` where there is a network. --seconds: for everything (355).
# Parts: start, grid, digits (the whole grid, then as `digits-race` without --full-grid), then, while
# `bert`, `vit` and `pretrain` compile in the background, conv, cnn, and fashion-grid (--full-grid)
# with the time that is left. A grid that isn't done then is told by the share of its rows. What has
# no room in 6 minutes is asked for in further calls:
#   --parts "tests" (100 s), --parts "cifar-grid" (5 minutes), --parts "cifar fashion" (races of 35 s).
# A lock lets one part measure at a time. Before anything is measured, Python's files are compiled,
# which takes some seconds and is part of `--seconds`.
# Of each comparison the log says where its wall time went (benchmarks/where.py).
# Runs without a GPU too, on little.
set -uo pipefail
out=${1:?folder for the results}; shift
site="" data="" seconds=355 parts="start grid digits bert vit pretrain conv cnn fashion-grid"
while [ $# -gt 0 ]; do
  case $1 in
    --site) site=$2 ;; --data) data=$2 ;; --seconds) seconds=$2 ;; --parts) parts=$2 ;;
    *) echo "unknown: $1"; exit 2 ;;
  esac; shift 2
done
mkdir -p "$out"; out=$(cd "$out" && pwd); top=$(cd "$(dirname "$0")/.." && pwd); cd "$top" || exit 1
scratch=$(mktemp -d); trap 'rm -rf "$scratch"' EXIT
PYTHON=${PYTHON_GPU:-python3}
if [ -n "$site" ]; then
  mkdir -p "$scratch/site"
  for wheel in "$site"/*.whl; do "$PYTHON" -m zipfile -e "$wheel" "$scratch/site"; done
  cp -r "$site"/extra/. "$scratch/site/" 2>/dev/null
  if [ -d "$scratch/site/cache" ]; then
    export XDG_CACHE_HOME="$scratch/site/cache"; chmod 600 "$XDG_CACHE_HOME"/priorscope/*
  fi
fi
export PYTHONPATH="$top:$top/benchmarks:$scratch/site${PYTHONPATH:+:$PYTHONPATH}"
export GPU_TURN="$scratch/turn" PYTHON_GPU="$PYTHON" NO_COLOR=1 COLUMNS=140
export TORCHINDUCTOR_CACHE_DIR="$scratch/inductor" HF_HUB_OFFLINE=1
began=$SECONDS; : > "$out/parts.txt"
unset PYTHONDONTWRITEBYTECODE
"$PYTHON" -m compileall -q -j 0 "$top/priorscope" "$top/benchmarks" "$scratch/site" > /dev/null 2>&1
echo "compiled Python's files: $((SECONDS - began)) s"
left() { echo $((seconds - (SECONDS - began))); }
core="numpy torch msgspec jaxtyping threadpoolctl"
command_line="$core scipy sklearn skops PIL pyarrow cyclopts rich jinja2 loky vl_convert"
needed() { # what the machine's Python must have for a part
  case $1 in
    start) echo torch ;;
    conv|cnn) echo "$core" ;;
    tests) echo "$core scipy sklearn pytest" ;;
    grid) echo "$core scipy sklearn PIL pyarrow" ;;
    bert) echo "$core cyclopts safetensors tokenizers transformers" ;;
    vit) echo "$core cyclopts safetensors" ;;
    pretrain) echo "$core cyclopts safetensors tokenizers" ;;
    *) echo "$command_line" ;;
  esac
}
wanted() { # whether a part is asked for and can run here; says why not
  [[ " $parts " == *" $1 "* ]] || return 1
  local lack
  lack=$("$PYTHON" -c 'import importlib.util as u, sys
print(*[m for m in sys.argv[1:] if u.find_spec(m) is None])' $(needed "$1"))
  [ -z "$lack" ] && return 0
  echo "== $1: skipped, this Python has no $lack (--site brings what is missing)" | tee -a "$out/parts.txt"
  return 1
}
part() { # name, most seconds, command...
  local name=$1 most=$2 rest; shift 2; rest=$(left)
  [ "$rest" -lt 5 ] && { echo "== $name: no time left" | tee -a "$out/parts.txt"; return; }
  [ "$rest" -lt "$most" ] && most=$rest
  local start=$SECONDS
  timeout -k 5 "$most" "$@" > "$out/$name.txt" 2>&1; local code=$?
  echo "== $name: exit $code, $((SECONDS - start)) s (124: $most s were over)" | tee -a "$out/parts.txt"
}
compare() { "$PYTHON" benchmarks/where.py compare "$@"; }
export -f compare; export PYTHON
timed() { # in turn, with the wall time of the whole command
  bash -c 'exec 9>"$GPU_TURN"; flock 9; start=$(date +%s%N); "$@"; code=$?
    echo "whole command: $((($(date +%s%N) - start) / 1000000)) ms, exit $code"; exit $code' timed "$@"
}
export -f timed
few=() # without a GPU little is compared, to show that it runs
"$PYTHON" -c "import sys, torch; sys.exit(torch.cuda.is_available())" 2> /dev/null && few=(--learners linear --sizes 60,120)
wanted start && part start 40 bash -c '
  for what in "import torch" "import torch; torch.zeros(1, device=\"cuda\" if torch.cuda.is_available() else \"cpu\")" \
    "import priorscope.experiments.comparison, priorscope.runs.worker, priorscope.report.page"; do
    start=$(date +%s%N); "$PYTHON" -c "$what"; echo "$((($(date +%s%N) - start) / 1000000)) ms: $what"
  done; nproc; nvidia-smi --query-gpu=name,memory.total,memory.used --format=csv; "$PYTHON" -V
  "$PYTHON" -c "from priorscope.cli import main; main()" doctor'
wanted grid && part grid 75 "$PYTHON" benchmarks/gpu_grid.py
wanted digits && part digits 60 bash -c \
  'timed compare digits --preset quick --full-grid --out "$0" -q "$@"' "$scratch/digits" "${few[@]}"
wanted digits && part digits-race 60 bash -c \
  'timed compare digits --preset quick --out "$0" -q "$@"' "$scratch/race" "${few[@]}"
wanted bert && part bert 260 "$PYTHON" benchmarks/gpu_bert.py --out "$out/bert.md" &
wanted vit && part vit 200 "$PYTHON" benchmarks/gpu_vit.py --out "$out/vit.md" &
wanted tests && part tests 100 bash -c 'timed "$@"' tests "$PYTHON" -m pytest -q -p no:cacheprovider --durations=8 \
  -o filterwarnings=default -o addopts="--strict-markers --import-mode=importlib" tests/gpu
wanted pretrain && part pretrain 90 "$PYTHON" benchmarks/gpu_pretrain.py --out "$out/pretrain.md" &
wanted conv && part conv 15 "$PYTHON" benchmarks/gpu_conv.py
wanted cnn && part cnn 20 "$PYTHON" benchmarks/gpu_cnn.py
pictures() { # name, data, seconds, options...
  local name=$1 data=$2 most=$3; shift 3
  if [ -n "$data" ] && [ -e "$data" ]; then
    part "$name" "$most" bash -c 'timed compare "$@"' pictures "$data" --out "$scratch/$name" -q "$@" "${few[@]}"
  else echo "== $name: no data" | tee -a "$out/parts.txt"; fi
}
wanted cifar && pictures cifar "$(ls -d "$data"/cifar10* 2>/dev/null | head -1)" 60 --budget 35s
wanted fashion && pictures fashion "$data/fashion_mnist.npz" 60 --budget 35s
wanted fashion-grid && pictures fashion-grid "$data/fashion_mnist.npz" 300 --full-grid --budget none
wanted cifar-grid && pictures cifar-grid "$(ls -d "$data"/cifar10* 2>/dev/null | head -1)" 400 --full-grid --budget none
for name in fashion-grid cifar-grid; do
  [ -d "$scratch/$name/runs" ] && echo "rows: $(find "$scratch/$name/runs" -name '*.json' | wc -l)" >> "$out/$name.txt"
done
wait
{
  echo "# GPU results"; date -u +%F; echo; "$PYTHON" benchmarks/gpu_targets.py "$out"; echo; cat "$out/parts.txt"
  for name in grid cnn conv; do
    [ -f "$out/$name.txt" ] || continue
    echo; if grep -q '^## ' "$out/$name.txt"; then sed -n '/^## /,$p' "$out/$name.txt"; else tail -30 "$out/$name.txt"; fi
  done
  for name in bert vit pretrain; do
    if [ -f "$out/$name.md" ]; then echo; cat "$out/$name.md"
    elif [ -f "$out/$name.txt" ]; then echo; echo "## $name"; tail -40 "$out/$name.txt"; fi
  done
  for name in start digits digits-race fashion fashion-grid cifar cifar-grid tests; do
    [ -f "$out/$name.txt" ] && { echo; echo "## $name"; echo '```'; grep -A 30 -m 1 '^whole command' "$out/$name.txt" || tail -25 "$out/$name.txt"; echo '```'; }
  done
} > "$out/results.md"
cat "$out/results.md"
