# The front door. `make` alone says what there is.
.DEFAULT_GOAL := help
.PHONY: help run install test check bench science trials campaign mutants lock reference clean

DATA ?=
ARGS ?=
PORT ?= 8000
BIN := .venv/bin

# A development environment can run Wald too, so it is used where there is one.
RUN_STAMP := $(if $(wildcard .venv/dev.stamp),.venv/dev.stamp,.venv/run.stamp)

# `make check` runs the house tests, so `make test` does where it is told to only.
NOT_HOUSE := $(if $(findstring tests/house,$(ARGS)),,--ignore=tests/house)

help:  ## say what there is
	@sed -n 's/^\([a-z]*\):.*  ## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r name does; do printf '  %-14s %s\n' "$$name" "$$does"; done

run: $(RUN_STAMP)  ## load Acme, or DATA=path/to/export, and serve 127.0.0.1:8000
	@$(BIN)/wald run $(if $(DATA),"$(DATA)") --port $(PORT) $(ARGS)

install: .venv/dev.stamp  ## make the development environment in .venv

test: .venv/dev.stamp  ## run all tests but those of check; ARGS="-k name" goes on to pytest
	@$(BIN)/pytest -n 2 --dist loadfile --ignore=tests/trials $(NOT_HOUSE) $(ARGS)

check: .venv/dev.stamp  ## format, lint, types, import contracts, house tests
	@scripts/check

bench: .venv/dev.stamp  ## measure speed and memory against hand-written SQL
	@$(BIN)/python -m benchmarks $(ARGS)

campaign: .venv/dev.stamp  ## try the promises about records in full, for hours; ARGS="--share 0.01"
	@$(BIN)/python -m tests.reliability $(ARGS)

science: .venv/dev.stamp  ## reproduce the figures of docs/reference/science.md; ARGS="--share 0.1"
	@$(BIN)/python -m tests.science $(ARGS)

trials: .venv/dev.stamp  ## try the data sets beside the repository, where there are any
	@$(BIN)/pytest tests/trials $(ARGS)

mutants: .venv/dev.stamp  ## plant faults into the core of pay, count those found; ARGS="cap"
	@$(BIN)/python -m tests.mutation $(ARGS)

lock: .venv/dev.stamp  ## write requirements/*.txt anew; ARGS=--upgrade takes newer versions
	@scripts/lock $(ARGS)

reference: .venv/dev.stamp  ## write anew the doc pages that are made from the code
	@$(BIN)/python -m scripts.reference

clean:  ## remove environments and caches; workspaces under var/ stay
	rm -rf .venv .uv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/%.stamp: requirements/%.txt requirements/uv.txt pyproject.toml scripts/environment
	@scripts/environment $*
