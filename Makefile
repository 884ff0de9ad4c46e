# What a newcomer types: `make run` needs Python 3.11 or later, git and make; `make test` also Node.js 20 or later.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest
SOURCES := core plugins tests bench examples tools

.DEFAULT_GOAL := help
.PHONY: help run demo install develop browser systemd node-modules extension test test-python test-extension test-editor torture mutants days lint format bench constraints clean

help: ## Show this.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install ## Install into .venv and serve on http://127.0.0.1:4821
	@echo 'Timecode is starting; leave this open. In another terminal: $(BIN)/timecode open'
	$(BIN)/timecode serve

demo: install ## Show a year of invented work on http://127.0.0.1:4822
	$(BIN)/timecode demo

install: $(VENV)/.installed ## Install into .venv

develop: $(VENV)/.developed ## Install into .venv with what tests and lint need

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Timecode needs Python 3.11 or later: make run PYTHON=python3.12'; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo 'Could not make an environment. On Debian: apt install python3-venv'; exit 1; }

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.developed: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --quiet --constraint constraints.txt 'pip>=25.1'
	$(PIP) install --quiet --constraint constraints.txt --editable . --group dev
	@touch $@ $(VENV)/.installed

browser:
	@tools/need-browser

systemd:
	@tools/need-systemd

node-modules: extension/node_modules/.installed

extension/node_modules/.installed: extension/package.json extension/package-lock.json
	@tools/need-node
	cd extension && npm ci --no-audit --no-fund
	@touch $@

extension: node-modules ## Build the VS Code extension, extension/timecode-*.vsix
	cd extension && npm run package

test: test-extension test-python test-editor ## Run every test

test-python: develop browser systemd
	$(PYTEST) -n 3 --dist worksteal tests --ignore tests/extension

test-editor: develop browser extension
	$(PYTEST) tests/extension

test-extension: node-modules
	cd extension && npm test

torture: develop browser ## Attack all of it on all cores: SIZE=small|reported|large or a factor, REPORT=FILE.json; half an hour and more
	PYTHONPATH=tests $(BIN)/python -m torture $(or $(SIZE),$(TIMECODE_TORTURE),reported) $(REPORT)

mutants: develop ## Change the code in some hundred ways, each of which a test must notice: about half an hour
	$(BIN)/python tools/mutants

days: develop browser extension ## Live twenty whole days in a real editor, and show the worst: about two hours; broken off, it goes on
	$(PYTEST) --override-ini python_files='torture_*.py' tests/extension/day

lint: develop node-modules ## Check style, types and import directions
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	cd extension && npm run lint

format: develop ## Format the Python code
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

bench: develop ## Measure, as ratios in one run, for half an hour (docs/performance.md)
	$(BIN)/python -m bench
	$(BIN)/python -m bench peer

constraints: ## Pin the newest versions that fit, for every system and Python (needs uv)
	uv pip compile --universal --all-extras --group dev --upgrade --no-header --no-annotate pyproject.toml -o constraints.txt

clean: ## Remove what was built
	rm -rf $(VENV) build dist .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis extension/node_modules extension/dist extension/*.vsix
