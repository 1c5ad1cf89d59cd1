# `make run` and `make test` are all that a fresh machine needs: Python >= 3.11 and make.
.DEFAULT_GOAL := help
SHELL := /bin/bash
IN_RANGE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
	$$name -c '$(IN_RANGE)' >/dev/null 2>&1 && echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
RATINGS := $(BIN)/python -m orchestration.cli
export RAW AS_OF RATINGS_HOME RATINGS_DSN STAGE ROWS POLICY
# Taken as they were typed, and passed by the environment: neither make nor the shell reads a reason.
RECORDED := INTERVIEWER DECISION SESSION REASON_CODE BY REASON AT
$(foreach name,$(RECORDED),$(eval override $(name) := $$(value $(name))))
export $(RECORDED)

.PHONY: help setup run preview decide excuse test recovery bench check lint types docs dev dsn start stop status lock clean

help:  ## what can be typed here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  Variables: RAW=folder-or-DSN  AS_OF=instant  RATINGS_HOME=folder  RATINGS_DSN=postgresql://..."

setup: $(READY)  ## create the environment from requirements.lock

# Words about setting up go to stderr: what a target prints is its answer.
$(READY): requirements.lock orchestration/lib/environment.py
	@test -n "$(PYTHON)" && "$(PYTHON)" -c '$(IN_RANGE)' 2>/dev/null || { \
		echo "Python 3.11, 3.12 or 3.13 is needed, and $(if $(PYTHON),$(PYTHON) is not that,none was found); name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; exit 2; }
	@echo "Setting up the environment in $(VENV) (about a minute and a half, once) ..." >&2
	@$(BIN)/python -c '$(IN_RANGE)' 2>/dev/null || { rm -rf $(VENV) && "$(PYTHON)" -m venv $(VENV) >&2; } \
		|| { echo "Python's venv module is missing; on Debian: apt install python3-venv" >&2; rm -rf $(VENV); exit 2; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock >&2
	@$(BIN)/python -m orchestration.cli setup-environment >&2
	@touch $@

run: setup  ## the main job: load RAW (or a simulated platform), build, score, publish
	@$(RATINGS) run

preview: setup  ## the last year under another policy, before anything is changed: POLICY=file
	@$(RATINGS) preview

decide: setup  ## record a decision: INTERVIEWER= DECISION= BY= REASON="..." (AT=instant)
	@$(RATINGS) decide

excuse: setup  ## leave a rating out, high or low: SESSION= REASON_CODE= BY= (AT=instant)
	@$(RATINGS) excuse

test: setup  ## every test: pytest, and dbt's data and unit tests, on a real PostgreSQL
	@$(BIN)/python -m pytest

recovery: setup  ## the estimators, and whole worlds through the main job, against known truth
	@$(BIN)/python -m pytest -vv --whole-worlds tests/recovery

bench: setup  ## our speed beside that of peers; STAGE=load ROWS=10000000 for one stage at a size
	@$(BIN)/python -m benchmarks

check: setup lint types test  ## parse, lint, types, tests: the same that CI runs

lint: setup  ## parse the dbt project; ruff, sqlfluff
	@$(BIN)/dbt --quiet parse
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/sqlfluff lint --disable-progress-bar models tests/dbt

types: setup  ## mypy on python_models
	@$(BIN)/mypy

docs: setup  ## the documentation and both lineages, dbt's and Dagster's, as pages to open from disk
	@$(RATINGS) docs

dev: setup  ## Dagster's UI on live reload
	@$(BIN)/dagster dev

dsn: setup  ## print the warehouse's DSN, for psql or a BI tool
	@$(RATINGS) dsn

start: setup  ## start the embedded warehouse
	@$(RATINGS) start

stop: setup  ## stop the embedded warehouse
	@$(RATINGS) stop

status: setup  ## is it up, what is published, who is running
	@$(RATINGS) status

lock:  ## resolve requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-strip-extras --no-emit-index-url \
		--custom-compile-command "make lock" --python-version 3.11 pyproject.toml --output-file requirements.lock

clean:  ## remove what builds leave behind; the warehouse stays
	rm -rf target logs .pytest_cache .mypy_cache .ruff_cache
