#!/usr/bin/env bash
# Builds the process that computes on a CUDA card, where CUDA's compiler is here, in place of the one without a card that was built
# with the programs. A build that fails costs the card and nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v nvcc >/dev/null || exit 0
feature=cuda
/sbin/ldconfig -p 2>/dev/null | grep -q libcudnn.so && feature=cudnn
# Named with the shell's program, libraries are those it was built with.
cargo build --package embedscope-cli --package embedscope-worker --bin embedscope-embedder --features "embedscope-worker/$feature" ||
    echo "Models compute on the processor: the process for the graphics card could not be built."
