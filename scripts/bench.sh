#!/usr/bin/env bash
# Measures Embedscope against its peers on this machine and writes docs/benchmarks.md; `--only files` takes one section anew.
# The peers live in the user's cache.
set -euo pipefail
cd "$(dirname "$0")/.."

cache="${EMBEDSCOPE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/embedscope}"
peers="$cache/peers"
cargo build --profile dist --package embedscope-cli --package embedscope-worker --bin embedscope-cli --bin embedscope-worker
cli="${CARGO_TARGET_DIR:-target}/dist/embedscope-cli"
scripts/starter-model.sh "$cli"
if ! cmp -s benches/requirements.txt "$peers/requirements.txt"; then
    python3 -m venv "$peers"
    "$peers/bin/pip" install -q --disable-pip-version-check -r benches/requirements.txt
    cp benches/requirements.txt "$peers/requirements.txt"
fi
# Every part of the numeric core by itself; what changed since the last time is told here and kept in no document.
[ $# -gt 0 ] || cargo bench --profile dist --package embedscope-space --bench parts
"$peers/bin/python" benches/bench.py --cli "$cli" --cache "$cache" --out docs/benchmarks.md "$@"
