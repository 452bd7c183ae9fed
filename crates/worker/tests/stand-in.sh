#!/bin/sh
# Stands for embedscope-embedder in a test: leaves the number of its process beside the name it is called by, and becomes the
# program it finds there.
echo $$ > "$0.pid"
exec "$0.embedder"
