# Needs: python3 (3.11 or newer) with its venv module, and make. Everything else is made below, inside .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# More than cores: much of the time goes by in waiting.
WORKERS ?= 3
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
INSTALL := $(PIP) install --require-hashes --only-binary :all:
# Kept apart from our own libraries: they may need others, or older ones.
PEERS := .venv-peers

.DEFAULT_GOAL := help
.PHONY: help run test check format coverage bench bench-peers faults soak pictures recording fast lock wheel clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run ## install what is needed and serve on http://127.0.0.1:8000
	@exec $(BIN)/chatweb serve

test: check ## run every check and every test: SQLite, PostgreSQL, Redis, Chromium
	$(BIN)/python -m pytest -n $(WORKERS) --maxschedchunk 4 $(ARGS)

check: $(VENV)/.test ## ruff and mypy only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.test ## let ruff mend and format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

coverage: $(VENV)/.test ## which branches the tests reach; domain and live must be at 100 %
	$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report= tests/unit tests/db tests/web tests/live tests/cli
	$(BIN)/coverage report
	$(BIN)/coverage report --include='chatweb/domain/*,chatweb/live/*' --fail-under=100

bench: $(VENV)/.test ## measure this machine: memory, frames, CPU per message, latency, history
	$(BIN)/python -m tests.benchmarks $(ARGS)

bench-peers: $(VENV)/.test $(PEERS)/.made ## measure chatweb beside other chat servers on this machine
	$(BIN)/python -m tests.peers $(PEERS)/bin

faults: $(VENV)/.test ## killed servers, long outages (not part of `make test`)
	$(BIN)/python -m pytest -m faults -s $(ARGS)

soak: $(VENV)/.test ## every dialogue through a running server (not part of `make test`)
	$(BIN)/python -m pytest -m soak -s $(ARGS)

pictures: $(VENV)/.test ## take the README's picture anew
	$(BIN)/python -m tests.pictures

recording: $(VENV)/.test ## play mishaps in two browsers, pictures and videos to FOLDER=/somewhere
	$(BIN)/python -m tests.pictures.recording $(FOLDER)

fast: $(VENV)/.run ## add gunicorn's C parser (needs a C compiler and Python's headers)
	$(PIP) install --require-hashes -r requirements-fast.txt

wheel: $(VENV)/.test ## build dist/chatweb-*.whl with templates, static files and migrations inside
	$(BIN)/python -m hatchling build -t wheel

UV ?= uv
LOCK_OPTIONS := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet --upgrade
LOCK := $(UV) pip compile $(LOCK_OPTIONS)
lock: ## lock the newest allowed versions with hashes (needs uv)
	$(LOCK) pyproject.toml --only-binary :all: --group build -o requirements.txt
	$(LOCK) pyproject.toml --only-binary :all: --group dev -c requirements.txt -o requirements-dev.txt
	echo 'gunicorn-h1c>=0.6.9' | $(LOCK) - -o requirements-fast.txt
	$(LOCK) tests/peers/requirements.in --only-binary :all: -o tests/peers/requirements.txt

clean: ## remove the environment and every cache; an instance's data stays
	rm -rf $(VENV) $(PEERS) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.*

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "chatweb needs Python 3.11 or newer: install it, or name it with 'make PYTHON=/path/to/python3 ...'."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Python's venv module is missing: 'apt install python3-venv' as root, then once more."; exit 1; }
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing what chatweb needs ..."
	@$(INSTALL) -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements-dev.txt $(VENV)/.run
	@echo "Installing what the tests need ..."
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

$(PEERS)/.made: tests/peers/requirements.txt
	@echo "Making $(PEERS) ..."
	@$(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip --disable-pip-version-check -qq install --require-hashes --only-binary :all: -r $<
	@touch $@
