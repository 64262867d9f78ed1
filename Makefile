# Two commands on a fresh machine with git, make and Python >= 3.11: `make demo` and `make test`.
# Everything else comes through the package index from the hash-pinned requirements.lock.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := .uv/bin/uv
# Installed when the stamp is newer than what it was made from.
STAMP := $(VENV)/.installed
export DAGSTER_DISABLE_TELEMETRY := 1
export DO_NOT_TRACK := 1

.PHONY: help setup demo test test-fast check lint format types borders sql bench interval-coverage \
        chaos ui lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

$(UV):
	@command -v $(PYTHON) >/dev/null || { echo "matchback needs Python >= 3.11: install it, or name it with PYTHON=..."; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "matchback needs Python >= 3.11, found $$($(PYTHON) --version): name a newer one with PYTHON=..."; exit 2; }
	@$(PYTHON) -m venv .uv
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check uv

$(STAMP): requirements.lock pyproject.toml | $(UV)
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) $(VENV)
	@echo "Installing from requirements.lock ..."
	@$(UV) pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $(STAMP)

setup: $(STAMP) ## install everything; does nothing the second time

demo: setup ## stand-in vendors, the nightly job, the first ROI table
	@$(BIN)/matchback demo

test: setup ## the whole test suite
	@$(BIN)/pytest -n 2 --dist loadfile

test-fast: setup ## without the slow ones, about two minutes
	@$(BIN)/pytest -n 2 --dist loadfile -m "not slow" -q

check: setup ## format, lint, types, borders, SQL
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -q tests/borders

format: setup ## format Python
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## measure: landing, linkage, ledger, whole night (minutes)
	@$(BIN)/python -m tests.bench

interval-coverage: setup ## coverage of lift intervals on simulated campaigns (long)
	@$(BIN)/python -m dbt_project.measurement.interval_coverage

chaos: setup ## kill the pipeline at random points, thousands of times (long)
	@$(BIN)/python -m tests.chaos

ui: setup ## Dagster UI on loopback
	@$(BIN)/matchback ui

lock: $(UV) ## compile requirements.lock anew from pyproject.toml
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra dev \
		--custom-compile-command "make lock" pyproject.toml -o requirements.lock

clean: ## remove what setup and runs made
	rm -rf $(VENV) .uv build *.egg-info .pytest_cache .mypy_cache .ruff_cache
