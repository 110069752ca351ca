# make run    try it: the bot, a Bot API of its own on loopback, and a page with the chats
# make test   everything that must hold before a change lands
# make check  the same without the tests: format, lint, types, contracts, locks, migrations

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: setup run test check format lock bench faults migrate shots clean

setup: $(VENV)/.run

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("zaohui needs Python 3.11 or newer: make PYTHON=python3.11 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

run: setup
	@$(BIN)/zaohui run

migrate: setup
	@$(BIN)/zaohui migrate

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m tests.house.locks
	$(BIN)/python -m tests.house.migrations

# Three at a time, even on two processors: many tests wait for something most of the time.
test: check
	$(BIN)/pytest -n 3 --dist worksteal

format: $(VENV)/.dev
	$(BIN)/ruff check --fix-only --exit-zero .
	$(BIN)/ruff format .

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench $(PARTS)

# The long proofs: kills and faults against the real program, and simulated weeks.
faults: $(VENV)/.dev
	$(BIN)/python -m tests.faults

shots: $(VENV)/.dev
	$(BIN)/python -m tests.shots

# Locks name versions and hashes only; which index they come from is the machine's business.
LOCK = $(VENV)-lock/bin/uv pip compile --universal --python-version 3.11 --no-emit-index-url \
	--generate-hashes --no-header --no-annotate --upgrade --quiet pyproject.toml --extra build

lock:
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip --disable-pip-version-check --quiet install uv
	$(LOCK) -o requirements.lock
	$(LOCK) --extra postgres -c requirements.lock -o requirements-postgres.lock
	$(LOCK) --extra postgres --extra dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) $(VENV)-lock
