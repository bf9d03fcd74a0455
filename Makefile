# Two commands matter: `make demo` and `make test`. Each installs what is missing, then runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# These tests run a real Asterisk and wait most of the time: the tests of one file stay together.
ASTERISK_TESTS := tests/bench tests/contract tests/e2e tests/loadtest tests/machine

.PHONY: help setup demo test chaos lint lock clean

help:            ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/'

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "error: $(PYTHON) is older than Python 3.11; name a newer one: make PYTHON=python3.11" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "error: $(PYTHON) cannot make a virtual environment; install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --progress-bar on --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

setup: $(VENV)/.installed  ## install everything: virtual environment and native tools
	@$(BIN)/contactcenter tools install

demo: setup      ## start the whole center and place real calls; ARGS="--calls 20 --agents 5 --exit"
	@$(BIN)/contactcenter demo $(ARGS)

lint: $(VENV)/.installed   ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: setup lint ## everything: lint, then all tests on real Asterisk, SIP and Postgres
	$(BIN)/pytest -n auto --dist worksteal $(ASTERISK_TESTS:%=--ignore=%) $(ARGS)
	$(BIN)/pytest -n auto --dist loadfile $(ASTERISK_TESTS) $(ARGS)

chaos: setup     ## the long forms of tests: many restarts, many calls, long waits
	$(BIN)/pytest -m chaos $(ARGS)

lock: $(VENV)/.installed   ## renew requirements.lock from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-annotate --no-header --upgrade --output-file requirements.lock

clean:           ## remove the virtual environment and caches; never data
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -not -path './.run/*' -prune -exec rm -rf {} +
