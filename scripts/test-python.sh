#!/usr/bin/env bash
# Prints a Python that can read what Embedscope writes, for tests of other programs' view: one with the packages of
# tests/requirements.txt, installed into the user's cache. Where they cannot be had it prints the usual one; those tests then say
# that they are skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

home="${EMBEDSCOPE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/embedscope}/test-python"
if ! cmp -s tests/requirements.txt "$home/requirements.txt"; then
    {
        rm -rf "$home"
        python3 -m venv "$home" &&
            "$home/bin/pip" install -q --disable-pip-version-check -r tests/requirements.txt &&
            cp tests/requirements.txt "$home/requirements.txt"
    } >&2 || {
        echo "The packages of tests/requirements.txt cannot be had; tests that need them are skipped." >&2
        echo python3
        exit 0
    }
fi
echo "$home/bin/python"
