#!/usr/bin/env bash
# Starts a real OpenAI-compatible server (infinity-emb, from the Python package index) on the starter model, and compares its
# vectors with ours. Opt-in: the server and its libraries are several gigabytes, most of them the CUDA libraries that torch brings.
set -euo pipefail
cd "$(dirname "$0")/.."
cache=${EMBEDSCOPE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/embedscope}
model=$cache/models/all-MiniLM-L6-v2
venv=$cache/providers-venv
port=${EMBEDSCOPE_TEST_PORT:-7997}
[ -f "$model/model.safetensors" ] || { echo "the starter model is not in $model; \`embedscope-cli models fetch all-MiniLM-L6-v2\` fetches it"; exit 1; }
if [ ! -x "$venv/bin/infinity_emb" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet 'infinity-emb[server,torch]==0.0.78'
fi
HF_HUB_OFFLINE=1 DO_NOT_TRACK=1 INFINITY_ANONYMOUS_USAGE_STATS=0 "$venv/bin/infinity_emb" v2 --model-id "$model" \
    --served-model-name model --engine torch --device cpu --no-bettertransformer --no-compile --no-model-warmup \
    --host 127.0.0.1 --port "$port" --url-prefix /v1 > "$venv/server.log" 2>&1 &
server=$!
trap 'kill "$server" 2> /dev/null || true' EXIT
for _ in $(seq 120); do
    curl --silent --fail --max-time 2 "http://127.0.0.1:$port/v1/models" > /dev/null && break
    kill -0 "$server" 2> /dev/null || { tail -5 "$venv/server.log"; exit 1; }
    sleep 1
done
EMBEDSCOPE_TEST_SERVER=http://127.0.0.1:$port/v1 EMBEDSCOPE_TEST_MODEL=$model \
    cargo test --package embedscope-models --test providers -- --ignored --nocapture
