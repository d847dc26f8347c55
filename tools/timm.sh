#!/usr/bin/env bash
# The parity tests with timm, in .venv-timm. timm imports torchvision, whose published wheels hold
# CUDA libraries and would break the CPU torch of .venv; here only its Python part is used.
set -euo pipefail
cd "$(dirname "$0")/.."
python="${PYTHON:-python3}"
[ -x .venv-timm/bin/python ] || "$python" -m venv .venv-timm
pip=(.venv-timm/bin/python -m pip --disable-pip-version-check install -q)
if ! .venv-timm/bin/python -c 'import pytest, jaxtyping, beartype, pytest_timeout' 2>/dev/null; then
  "${pip[@]}" torch==2.13.0
  "${pip[@]}" -c constraints.txt numpy pillow pyyaml huggingface_hub safetensors jaxtyping beartype \
    pytest pytest-timeout
  "${pip[@]}" --no-deps timm==1.0.31 torchvision==0.28.0
fi
PYTHONPATH=. exec .venv-timm/bin/python -m pytest -q tests/interop/test_timm_parity.py "$@"
