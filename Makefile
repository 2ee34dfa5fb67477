# `make demo` shows the program, `make test` tests it. Both install what they need into .venv.

PYTHON ?= $(shell command -v python3.12 >/dev/null 2>&1 && python3.12 --version >/dev/null 2>&1 && echo python3.12 || echo python3)
VENV   ?= .venv
BIN    := $(VENV)/bin
MODE   ?= v2
ARGS   ?=

# A complete reference in the legacy layout for the round-trip tests: make test REFERENCE=DIR
REFERENCE ?= $(CURATOR_TEST_REFERENCE_DATA)

COMPAT          ?= .venv-compat
COMPAT_VERSIONS ?= 3.0.0 4.1.0 5.3.3 6.0.0 7.6.1

# Releases of the workers' library that read what the bot lets pass
READERS         ?= .venv-readers
READER_VERSIONS ?= 8.6.2 7.6.1 5.3.3 0.10.0

# Which tests to run: make test T='tests/ui -k card'
T      ?=
# One worker more than processors: tests of processes wait for a third of their time. quick has none of them.
WORKERS = $(shell $(PYTHON) -c 'import os; print(os.cpu_count() + 1)')
PYTEST  = CURATOR_TEST_REFERENCE_DATA='$(REFERENCE)' $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# The first container engine that answers
ENGINE ?= $(shell for each in docker podman; do $$each info >/dev/null 2>&1 && echo $$each && break; done)

# Which package or module to mutate: make mutants PACKAGE=storage/claims.py
PACKAGE ?= storage

.DEFAULT_GOAL := help
.PHONY: help demo test quick soak coverage mutants check lint format bench mistakes figures compat consumers image clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/.demo  ## run the whole program in a browser, offline (MODE=v2|legacy|replica, ARGS="--port 8080")
	@$(BIN)/python -m bot demo --mode $(MODE) $(ARGS)

test: check $(VENV)/.browser  ## run lint, types, import contracts and all tests except the soak (T='tests/ui -k card' selects)
	@$(PYTEST) -m 'not soak' $(T)

quick: WORKERS = auto
quick: $(VENV)/.test  ## run the tests without processes, services, browser and stories (T=… selects)
	@$(PYTEST) --quick --hypothesis-profile quick $(T)

soak: $(VENV)/.test $(COMPAT_VERSIONS:%=$(COMPAT)/%/.installed)  ## run kill sweeps, a failure at each step, endurance, and older services
	@$(PYTEST) -m soak $(T)
	@$(PYTEST) -m 'hypothesis and not soak' --hypothesis-profile thorough $(T)
	@$(BIN)/python -m tests.benchmarks endurance
	@$(MAKE) --no-print-directory consumers
	@$(MAKE) --no-print-directory compat

coverage: $(VENV)/.browser  ## run all tests except the soak with branch coverage; fail below the floor in pyproject.toml
	@$(PYTEST) -m 'not soak' --cov --cov-report=term $(T)

mutants: $(VENV)/.mutants  ## print the mutation score of one package and its surviving mutants (PACKAGE=bot/reference; default storage; ARGS="--sample 60")
	@$(BIN)/python scripts/mutants.py $(PACKAGE) $(ARGS)

check: lint  ## run everything except the tests: lint, words, strict types and import contracts
	@$(BIN)/python scripts/check_words.py
	@$(BIN)/mypy --num-workers auto
	@$(BIN)/lint-imports

lint: $(VENV)/.test  ## run ruff: rules and format
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

format: $(VENV)/.test  ## apply ruff's fixes and format
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: $(VENV)/.test  ## print the speed and size of the bot as ratios
	@$(BIN)/python -m tests.benchmarks

mistakes: $(VENV)/.test  ## print the mistakes that the content checks name, and their lines on live records (REFERENCE=DIR)
	@$(BIN)/python scripts/check_reference.py $(REFERENCE)

figures: $(VENV)/.test  ## print the code's size and structure, and what one press of Approve runs
	@$(BIN)/python scripts/figures.py

compat: $(VENV)/.test $(COMPAT_VERSIONS:%=$(COMPAT)/%/.installed)  ## run the stories on older generations of the service (installs each once)
	@for version in $(COMPAT_VERSIONS); do \
	  echo "service $$version" && \
	  CURATOR_COMPAT_PYTHON=$(COMPAT)/$$version/bin/python $(PYTEST) -q -m "not soak" tests/compat tests/stories tests/services/checks/test_applied.py || exit 1; \
	done

consumers: $(VENV)/.test $(READER_VERSIONS:%=$(READERS)/%/.installed)  ## read with the workers' libraries what the bot lets pass (installs each once)
	@CURATOR_READERS='$(abspath $(READERS))' $(BIN)/python -m pytest -q -m soak tests/consumers

image: $(VENV)/.test  ## build the container's image, and run its tests (docker or podman; ENGINE=… names one)
	@test -n "$(ENGINE)" || { echo "No container engine answers. Start docker or podman, or name one: make image ENGINE=podman"; exit 1; }
	@BUILDAH_FORMAT=docker CURATOR_TEST_ENGINE=$(ENGINE) $(BIN)/python -m pytest -q tests/image # podman's own format drops HEALTHCHECK

clean:  ## delete the virtual environments
	@rm -rf $(VENV) $(COMPAT) $(READERS)

# Without bytecode, each child process of the tests would compile every module at its start.
unexport PYTHONDONTWRITEBYTECODE

# Python compiles a module when it is first imported; --no-compile skips the many that never are.
# pip would ask the package index for a newer pip each time.
export PIP_DISABLE_PIP_VERSION_CHECK = 1

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12) and "Python 3.12 or newer is needed; name it: make PYTHON=/path/to/python3.12")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(BIN)/python pyproject.toml constraints.txt
	@echo "installing (once, about a minute) ..."
	@$(BIN)/python -m pip install --no-compile --quiet --quiet --constraint constraints.txt --editable '.[demo]'
	@touch $@

$(VENV)/.test: $(BIN)/python pyproject.toml constraints.txt
	@echo "installing (once, about a minute) ..."
	@$(BIN)/python -m pip install --no-compile --quiet --quiet --constraint constraints.txt --editable '.[test]'
	@touch $@ $(VENV)/.demo

$(VENV)/.mutants: $(VENV)/.test
	@$(BIN)/python -m pip install --no-compile --quiet --quiet --constraint constraints.txt --editable '.[mutants]'
	@touch $@

$(VENV)/.browser: $(VENV)/.test
	@$(BIN)/python -m tests.browser.install
	@touch $@

$(COMPAT)/%/.installed: | $(BIN)/python
	@echo "installing the service $* beside ours (once) ..."
	@$(BIN)/python -m venv $(COMPAT)/$*
	@$(COMPAT)/$*/bin/python -m pip install --no-compile --quiet --quiet 'horde-model-reference[service]==$*'
	@touch $@

$(READERS)/%/.installed: | $(BIN)/python
	@echo "installing the workers' library $* beside ours (once) ..."
	@$(BIN)/python -m venv $(READERS)/$*
	@$(READERS)/$*/bin/python -m pip install --no-compile --quiet --quiet 'horde-model-reference==$*'
	@touch $@
