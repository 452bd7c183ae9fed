"""Takes one figure: a race against a peer, or a promise held to a limit.

Every run is a fresh process with two threads. Embedscope and its peer alternate and the least of the repeats counts; work
alone is timed, without loading libraries or reading input.
"""

import json
import os
import pathlib
import subprocess
import sys

import numpy as np

HERE = pathlib.Path(__file__).parent
THREADS = 2
SEED = 42


class Bench:
    """What every job needs: where the programs are, a scratch folder, and how often to repeat."""

    def __init__(self, options, folder, kept):
        self.wanted, self.kept = options.job, kept
        self.cli, self.cache = options.cli, options.cache
        self.model = self.cache / "models/all-MiniLM-L6-v2"
        self.repeats, self.table_mb, self.folder = options.repeats, options.table_mb, folder

    def race(self, job, peer, ours, theirs, judge, bar=None, script="peers.py"):
        """A row of seconds: our verb and arguments against a job of a peer's script.

        `judge` says in words how good both results are; `bar` is the promised ratio of the peer's time to ours.
        """
        known = [row for row in self.kept if (row.get("job"), row.get("peer")) == (job, peer)]
        if known and self.wanted and not any(part in job for part in self.wanted):
            return known[0]
        mine, other = self.folder / "ours.npy", self.folder / "peer.npy"
        seconds, peer_seconds = [], []
        for _ in range(self.repeats):
            seconds.append(self.ours(*ours, "--out", mine)["elapsed_ms"] / 1000)
            peer_seconds.append(run([sys.executable, HERE / script, theirs[0], theirs[1], other, *theirs[2:]])["seconds"])
        return race_row(job, peer, min(seconds), min(peer_seconds), judge(np.load(mine), np.load(other)), bar)

    def ours(self, *arguments):
        """The answer of one call of our program."""
        return run([self.cli, *arguments, "--threads", THREADS, "--seed", SEED, "--json"])


def race_row(job, peer, seconds, peer_seconds, quality="", bar=None):
    return {"job": job, "peer": peer, "peer_seconds": peer_seconds, "seconds": seconds, "quality": quality, "bar": bar}


def held_row(what, limit, figure, kept):
    """A promise that is held to a limit, not to a peer: what, the limit and the figure in words, whether it is kept."""
    return {"what": what, "limit": limit, "figure": figure, "kept": bool(kept)}


def run(command, **more):
    """The JSON of the last line that a program prints, with `more` in its environment."""
    environment = os.environ | {name: str(THREADS) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")}
    environment |= {"HF_HUB_OFFLINE": "1"} | {name: str(value) for name, value in more.items()}
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=environment)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])
