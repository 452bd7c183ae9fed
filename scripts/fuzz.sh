#!/usr/bin/env bash
# Feeds every reader with mutations of its seeds for SECONDS each (60 unless told), one after the other, and stops at the
# first that panics, hangs or wants too much memory. What it finds lies in fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds="${1:-60}"
cache="${EMBEDSCOPE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/embedscope}"
command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
# libFuzzer's counters are asked for by unstable options, which a stable compiler takes in this way only.
export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$cache/fuzz-target"
for seeds in fuzz/seeds/*; do
    target="$(basename "$seeds")"
    corpus="$cache/fuzz-corpus/$target"
    mkdir -p "$corpus"
    echo "== $target"
    # Without a sanitizer: the readers hold no unsafe code of ours, what is looked for are panics, hangs and hunger.
    cargo fuzz run --sanitizer none "$target" "$corpus" "$seeds" -- \
        -max_total_time="$seconds" -max_len=65536 -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 2>&1 |
        tee "$corpus.log" | grep -E "^(stat::number_of_executed_units|stat::average_exec_per_sec|ERROR|thread|==)" || true
    if ls "fuzz/artifacts/$target"/* >/dev/null 2>&1; then
        echo "fuzz/artifacts/$target holds an input that breaks the reader" >&2
        exit 1
    fi
done
