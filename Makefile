# Two commands do everything, set-up included: `make run` and `make test`.
#   make run    the window on the sample collection; without a display the same job headless, ending in a report
#   make test   every test, and the types of the code for CUDA without CUDA
#   make check  formatting, lints, types, licences
#   make bench  the figures of docs/benchmarks.md
#   make licences  writes the list of what ships and under which licences, after a change of dependencies
#   make test-providers  compares with a real server of embeddings, which it installs (several gigabytes)

SHELL := /bin/bash
CACHE := $(or $(EMBEDSCOPE_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/embedscope)
# A fresh clone on the same machine need not compile the world again.
ifdef CI
export CARGO_TARGET_DIR ?= $(CACHE)/target
endif
TARGET := $(or $(CARGO_TARGET_DIR),target)
CLI := $(TARGET)/debug/embedscope-cli
APP := $(TARGET)/debug/embedscope
SAMPLES := assets/samples
# A Mac computes in the program itself, on its card and by Apple's library; by Intel's, where it is installed, `make run MKL=1`.
FAST := $(if $(filter Darwin,$(shell uname -s)),--features embedscope-cli/metal --features embedscope-cli/accelerate)
ifdef MKL
FAST += --features embedscope-cli/mkl
# Parts of a batch have a thread each already.
export MKL_NUM_THREADS ?= 1
# A row has the same product to the last bit, however many rows are multiplied with it.
export MKL_CBWR ?= AUTO,STRICT
endif
STARTER := $(CACHE)/models/all-MiniLM-L6-v2/model.safetensors

.PHONY: run window headless test test-providers check bench licences
.DEFAULT_GOAL := run

run:
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then $(MAKE) --no-print-directory window; else $(MAKE) --no-print-directory headless; fi

# Features unify over all that is built in one call: with the tests in both, libraries are compiled once for programs and tests.
window: system-build ui/dist/index.html
	cargo build --workspace --all-targets $(FAST)
	@scripts/embedder.sh
	@scripts/starter-model.sh $(CLI)
	$(APP) $(SAMPLES)

headless: system-headless
	@echo "There is no display: the sample collection is mapped without a window."
	cargo build --package embedscope-cli --package embedscope-worker --bin embedscope-cli --bin embedscope-worker $(FAST)
	@scripts/embedder.sh
	@scripts/starter-model.sh $(CLI)
	@text=builtin-text; [ ! -f "$(STARTER)" ] || text=all-MiniLM-L6-v2; \
		$(CLI) map $(SAMPLES) --models $$text,builtin-image --out out
	@echo "The report is $(CURDIR)/out/report.html"

test: system-test ui/dist/index.html
	cargo build --workspace --all-targets
	@scripts/starter-model.sh $(CLI)
	EMBEDSCOPE_PYTHON="$$(scripts/test-python.sh)" cargo test --workspace
	cd ui && npm run check && npm test && npm run test:browser
	scripts/check-cuda.sh

test-providers: system-headless
	scripts/test-providers.sh

check: system-test ui/node_modules
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cd ui && npm run check && npm run lint
	command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny check licenses bans sources
	cargo deny check advisories || echo "Advisories were not checked: their database could not be reached."

bench: system-test ui/dist/index.html
	scripts/bench.sh

licences: ui/node_modules
	cd ui && npm run licences

system-%:
	@scripts/system-packages.sh $*

ui/node_modules: ui/package-lock.json
	cd ui && npm ci --no-audit --no-fund
	@touch $@

ui/dist/index.html: ui/node_modules $(shell find ui/src ui/index.html ui/vite.config.ts -type f 2>/dev/null)
	cd ui && npm run build
