# `make` alone lists what there is. Everything but `run` installs what development needs first.

PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$name; break; }; done)
PY := .venv/bin/python
HOST ?= 127.0.0.1
PORT ?= 8000
ARGS ?=
EXAMPLES ?= 500
TEST_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/postgres

PYTEST := $(PY) -m pytest $(ARGS)
PARALLEL := -n auto --maxprocesses 8
PATIENT := -o faulthandler_timeout=600
COMPILE := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --custom-compile-command "make lock"
TEST_SETTINGS := --settings shop.project.settings_test
unexport PYTHONDONTWRITEBYTECODE  # what pytest makes of the tests is kept: 5 seconds of every process

.DEFAULT_GOAL := help
.PHONY: help run install dev test test-postgres races races-sqlite races-postgres \
	exhaustive exhaustive-sqlite exhaustive-postgres upgrades upgrades-sqlite upgrades-postgres guides browser check \
	format lint types bench bench-bare bench-stock bench-binding bench-imports bench-enumeration \
	bench-login contracts layers migrations messages openapi openapi-check openapi-lint clients fuzz install-check lock upgrade clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-19s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: install ## start the shop on http://127.0.0.1:8000 (PORT=… for another port)
	@exec $(PY) manage.py start --host $(HOST) --port $(PORT)

install: ## make .venv with what the shop runs on
	@$(call installed,requirements.txt)

dev: ## add what testing and checking needs
	@$(call installed,requirements-dev.txt)

test: dev contracts ## run the tests on SQLite, and check the layers (ARGS="-k cart" for some)
	$(PYTEST) $(PARALLEL)

test-postgres: dev ## run the tests on PostgreSQL (TEST_DATABASE_URL)
	DATABASE_URL=$(TEST_DATABASE_URL) $(PYTEST) $(PARALLEL)

races: races-sqlite races-postgres ## run the tests with many threads at once, on SQLite and PostgreSQL

races-sqlite: dev
	$(PYTEST) -m race

races-postgres: dev
	DATABASE_URL=$(TEST_DATABASE_URL) $(PYTEST) -m race

exhaustive: exhaustive-sqlite exhaustive-postgres ## run the tests that leave nothing out, on SQLite and PostgreSQL

exhaustive-sqlite: dev
	$(PYTEST) $(PARALLEL) -m exhaustive $(PATIENT)

exhaustive-postgres: dev
	DATABASE_URL=$(TEST_DATABASE_URL) $(PYTEST) $(PARALLEL) -m exhaustive $(PATIENT)

guides: dev ## run the commands that the guides show, and the code samples of the API document (needs Node.js, jq)
	$(PYTEST) $(PARALLEL) -m guide

upgrades: upgrades-sqlite upgrades-postgres ## bring the stored database of an earlier commit up to date, and use it

upgrades-sqlite: dev
	$(PYTEST) -m upgrade

upgrades-postgres: dev
	DATABASE_URL=$(TEST_DATABASE_URL) $(PYTEST) -m upgrade

browser: dev ## run the tests that drive Chromium
	$(PYTEST) -m browser $(PATIENT)

check: lint types contracts migrations openapi-check openapi-lint clients ## run what CI runs, except for fuzzing, the next Django and full installs
check: test test-postgres races exhaustive upgrades guides browser
	tests/install/classic.sh light

format: dev ## format the code
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

lint: dev ## lint the code
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .

types: dev ## check types
	$(PY) -m mypy

contracts: dev ## check import layers
	.venv/bin/lint-imports --no-logo

layers: dev ## update the list of layers in ARCHITECTURE.md
	$(PY) -m tests.contracts.layers

# SQLite makes a table anew for each constraint: that its columns can't be empty, or are unique, is then no news: ask PostgreSQL.
# Texts that may be longer (`longer_texts`) rewrite no row: the table is locked for a moment only.
# What is unique in a column that is null in every row (`once_account`) is built in a moment.
migrations: dev ## look for missing, branching and unsafe migrations, on both databases
	$(PY) manage.py makemigrations --check --dry-run $(TEST_SETTINGS)
	$(PY) manage.py lintmigrations --no-cache --warnings-as-errors --exclude-migration-tests NOT_NULL ADD_UNIQUE $(TEST_SETTINGS)
	DATABASE_URL=$(TEST_DATABASE_URL) $(PY) manage.py makemigrations --check --dry-run $(TEST_SETTINGS)
	DATABASE_URL=$(TEST_DATABASE_URL) $(PY) manage.py lintmigrations --no-cache --warnings-as-errors --ignore-name-contains longer_texts --ignore-name 0002_redemption_once_account $(TEST_SETTINGS)

bench: bench-bare bench-stock bench-binding bench-imports bench-enumeration bench-login ## run every measurement, one after another

bench-bare: dev ## measure what an API read costs above the bare server (needs wrk)
	$(PY) -m bench.bare_read

bench-stock: dev ## measure holds a second, 16 processes on one variant, on PostgreSQL (ARGS="16 10")
	DATABASE_URL=$(TEST_DATABASE_URL) $(PY) -m bench.stock $(ARGS)

bench-binding: dev ## say how much of the stock one client, and one account, can bind unpaid (DATABASE_URL for PostgreSQL)
	$(PY) -m bench.binding

bench-imports: dev ## measure an import of products (ARGS="1000 5": products, variants of each)
	$(PY) -m bench.imports $(ARGS)

messages: dev ## bring the catalogs of translations up to date with the messages in the code
	$(PY) manage.py messages

openapi: dev ## record the examples of the API document, and write docs/api/openapi.json and docs/api/errors.md
	RECORD_EXAMPLES=1 $(PYTEST) --quiet tests/contracts/test_examples.py tests/contracts/test_examples_of_refusals.py -k answers
	$(PY) manage.py openapi

openapi-check: dev ## check that docs/api is what the code says
	$(PY) manage.py openapi --check

openapi-lint: ## validate and lint docs/api/openapi.json (needs Node.js)
	cd tests/contracts/linters && npm ci --silent --no-audit --no-fund && \
		REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true npm run --silent check

clients: dev ## make clients of docs/api/openapi.json in TypeScript and Python, and buy something with each (needs Node.js)
	$(PY) -m tests.clients

fuzz: dev ## fuzz the API (EXAMPLES=500 an operation, DATABASE_URL for PostgreSQL)
	$(PY) -m tests.fuzz --examples $(EXAMPLES)

install-check: ## follow the classic steps to the letter in a fresh clone (ARGS="light", ARGS="postgres://…")
	tests/install/classic.sh $(ARGS)

lock: dev ## write requirements*.txt anew, with hashes, keeping versions that still fit
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) --constraint requirements.txt requirements-sentry.in -o requirements-sentry.txt
	$(COMPILE) --constraint requirements.txt requirements-opentelemetry.in -o requirements-opentelemetry.txt
	$(COMPILE) --constraint requirements.txt --constraint requirements-sentry.txt \
		--constraint requirements-opentelemetry.txt requirements-dev.in -o requirements-dev.txt
	$(COMPILE) tests/clients/python/requirements.in -o tests/clients/python/requirements.txt
	$(subst 3.11,3.12,$(COMPILE)) tests/next/requirements.in -o tests/next/requirements.txt

upgrade: COMPILE += --upgrade
upgrade: lock ## the same with the newest versions

bench-enumeration: dev ## measure whether the time of an answer tells who has an account (DATABASE_URL for PostgreSQL)
	$(PY) -m bench.enumeration

bench-login: dev ## measure how much memory 200 logins at once need (DATABASE_URL for PostgreSQL)
	$(PY) -m bench.login_memory

clean: ## remove .venv and what tools have kept; the data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache staticfiles

# $(1) is installed in .venv: skipped when the copy kept there says that nothing has changed.
define installed
if ! [ -x $(PY) ] || ! cmp -s $(1) .venv/$(1); then \
	if [ -z "$(PYTHON)" ]; then \
		echo "The shop needs Python 3.11 or newer; here is $$(python3 --version 2>/dev/null || echo none)."; exit 1; \
	fi; \
	if ! $(PY) -m pip --version >/dev/null 2>&1; then echo "Making .venv ..."; $(PYTHON) -m venv --clear .venv; fi && \
	echo "Installing $(1) ..." && \
	$(PY) -m pip install --quiet --disable-pip-version-check --no-input -r $(1) && \
	cp $(1) .venv/$(1); \
fi
endef
