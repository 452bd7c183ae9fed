"""What a user waits for in the real window: its start, and a workspace of a million items. Needs a display's software alone."""

import os
import subprocess
import time

from measure import held_row, run
from real_window import Window, until

ITEMS = 1_000_000

# From the click to the first frame with points, and to the frame with all of them, in milliseconds.
OPEN = """
const began = performance.now(); let first = null;
[...document.querySelectorAll('button')].find((button) => button.ariaLabel?.startsWith('Open large')).click();
(function look() {
  const [shown] = document.querySelector('[data-testid=counter]')?.innerText.replaceAll(',', '').match(/\\d+/) ?? ['0'];
  if (first === null && +shown > 0) first = performance.now() - began;
  if (+shown === ITEMS) requestAnimationFrame(() => done([first, performance.now() - began]));
  else requestAnimationFrame(look);
})();
""".replace("ITEMS", str(ITEMS))


def rows(bench):
    build = ["cargo", "build", "--profile", "dist", "--package", "embedscope"]
    subprocess.run(build, check=True)
    subprocess.run([*build, "--example", "empty", "--features", "bench"], check=True)
    programs = bench.cli.parent
    starts = {name: [] for name in ("embedscope", "examples/empty")}
    for _ in range(bench.repeats):
        for name, taken in starts.items():
            with Window(programs / name, bench.cache) as window:
                until(lambda: window.run("return document.querySelector('#begin') !== null"))
                taken.append(time.perf_counter() - window.began)
    ours, empty = (min(taken) for taken in starts.values())
    yield held_row("start to a usable window", f"1.5 × an empty Tauri window ({empty:.2f} s)", f"{ours:.2f} s", ours <= 1.5 * empty)

    def remember(home):
        os.makedirs(home / "config/embedscope")
        (home / "config/embedscope/settings.toml").write_text(f'[[recent]]\nworkspace = "{home}/none"\n[[recent]]\nworkspace = "{large}"\n')

    large = bench.folder / "large"
    run(["cargo", "bench", "--profile", "dist", "--package", "embedscope-engine", "--bench", "workspace"], KEEP=large)
    times, memory = [], []
    for _ in range(bench.repeats):
        with Window(programs / "embedscope", bench.cache, remember) as window:
            until(lambda: window.run("return [...document.querySelectorAll('button')].some((b) => b.ariaLabel?.startsWith('Open large'))"))
            times.append(window.wait(OPEN))
            memory.append(window.memory_mb())
    first, all_points = (min(taken) / 1000 for taken in zip(*times))
    yield held_row("1,000,000 items opened in the window, which has drawn before, first frame", "1 s", f"{first:.2f} s", first <= 1)
    yield held_row("the same, frame with all points", "2 s", f"{all_points:.2f} s", all_points <= 2)
    yield held_row("the same, memory with the web view's processes", "900 MB", f"{min(memory):.0f} MB", min(memory) <= 900)
