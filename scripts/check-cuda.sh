#!/usr/bin/env bash
# Checks the types of the code for CUDA without CUDA: a stand-in for its compiler writes empty kernels. What this builds is never
# linked or run, and lies in a folder of its own: with other features, little of it would serve anybody else.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "$(uname -s)" = Darwin ]; then
    echo "skipped: no Mac has a CUDA card"
    exit 0
fi
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}/cuda"
stand_in=$(realpath -m "$CARGO_TARGET_DIR/nvcc-stand-in")
mkdir -p "$CARGO_TARGET_DIR"
cat > "$stand_in" <<'NVCC'
#!/bin/sh
out="" dir="" source="" ptx=0
for word in "$@"; do
    case "$word" in
        --version) printf 'nvcc: NVIDIA (R) Cuda compiler driver\n\n\nCuda compilation tools, release 12.8, V12.8.93\n'; exit 0 ;;
        --list-gpu-code) echo sm_80; exit 0 ;;
    esac
done
while [ $# -gt 0 ]; do
    case "$1" in
        -o) out="$2"; shift ;;
        --output-directory) dir="$2"; shift ;;
        --ptx) ptx=1 ;;
        *.cu) source="$1" ;;
    esac
    shift
done
[ $ptx = 1 ] && : > "$dir/$(basename "$source" .cu).ptx"
[ -n "$out" ] && : > "$out"
exit 0
NVCC
chmod +x "$stand_in"
NVCC=$stand_in CUDA_COMPUTE_CAP=80 CUDARC_CUDA_VERSION=12080 cargo check --package embedscope-models --features cuda
