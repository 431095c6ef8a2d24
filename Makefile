# For people who work on this repository. Learners need only the README's first screen.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
TEMPLATE ?= supervised-api
BIN := $(CURDIR)/.venv/bin
READY := .venv/.ready
DEMO := .cache/demo/$(TEMPLATE)

# As many processes as processors; the tests of one file stay together, with what they share.
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist loadfile

export PATH := $(BIN):$(PATH)
export UV_PYTHON_DOWNLOADS ?= never

.PHONY: help demo test test-all test-containers mutants lint bench bench-cohort bench-load bench-retrieval constraints clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 18

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or newer is needed"'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --editable . --group dev --constraint constraints.txt
	touch $@

demo: $(READY)  ## generate a starter (TEMPLATE=supervised-api) and run it end to end
	rm -rf $(DEMO)
	mkdir -p $(dir $(DEMO))
	$(BIN)/scaffold new $(TEMPLATE) $(DEMO) --defaults
	cd $(DEMO) && UV_PYTHON=$(BIN)/python uv sync --locked --quiet
	cd $(DEMO) && UV_PYTHON=$(BIN)/python uv run --locked app demo

lint: $(READY)  ## linter, formatter, strict types, and the rules of the templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/scaffold pack lint

test: lint  ## everything that needs no root and no container engine
	$(PYTEST) -m "not container" $(PYTEST_ARGS)

test-containers: $(READY)  ## builds and runs what was generated; needs a container engine
	$(BIN)/python -m pytest -m "container and not act" $(PYTEST_ARGS)

test-all: lint  ## every test there is, whole workflows in containers among them
	SCAFFOLD_ALL=1 $(PYTEST) $(PYTEST_ARGS)

mutants: $(READY)  ## plants faults in a starter (TEMPLATE=supervised-api); its own tests must catch each
	$(BIN)/python -m tests.mutants.planted $(TEMPLATE)

bench: $(READY)  ## our commands beside copier and cookiecutter, in one run
	$(BIN)/python -m benchmarks.compare

bench-cohort: $(READY)  ## a class beside a loop over copier; BENCH_ARGS="--learners 500"
	$(BIN)/python -m benchmarks.cohort $(BENCH_ARGS)

bench-load: $(READY)  ## each starter's service under 1, 8 and 64 clients; a quarter of an hour, writes docs/load.md
	$(BIN)/python -m benchmarks.load $(BENCH_ARGS)

bench-retrieval: $(READY)  ## rag-app's search beside Chroma and LangChain; half an hour, or BENCH_ARGS=--quick
	$(BIN)/python -m benchmarks.retrieval $(BENCH_ARGS)

constraints: $(READY)  ## resolve the versions that this repository is tested with anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --upgrade --group dev pyproject.toml -o constraints.txt

clean:  ## remove what make made
	rm -rf .venv .cache build dist .mypy_cache .pytest_cache .ruff_cache
