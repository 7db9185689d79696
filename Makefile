# Two commands are enough:   make demo   and   make test
# Each target makes what it lacks (.venv, pinned packages, Debian packages where it may) and is quick the second time.
PORT ?= 8080
ARGS ?=
DAVY_PYTHON ?=
export DAVY_PYTHON
# Compiled once and kept: where this is set, every one of the many processes that tests start would compile all there is.
export PYTHONDONTWRITEBYTECODE :=

PYTHON := .venv/bin/python
CODE := $(wildcard bot tests scripts bench)
RUN := .venv/.installed-run
DEV := .venv/.installed-dev
# Three workers for two cores: some of what tests do is wait, but six were measured to need twice the processor for the same stories.
WORKERS = $(shell echo $$(( ($$(getconf _NPROCESSORS_ONLN) * 3 + 1) / 2 )))
SIDE_BY_SIDE = -n $(WORKERS) --maxprocesses=8 --dist=loadgroup

.DEFAULT_GOAL := help
.PHONY: help demo test lint format venv lock live texts reference bench prove audit licences sbom wheel site pictures clean system-packages prove-packages

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(RUN): requirements/run.txt requirements/uv.txt scripts/venv
	@scripts/venv run

$(DEV): requirements/dev.txt requirements/uv.txt scripts/venv
	@scripts/venv dev

demo: $(RUN)  ## the whole bot on a simulated Telegram with sample people, at http://127.0.0.1:$PORT
	@exec $(PYTHON) -m bot demo --port $(PORT) $(ARGS)

test: $(DEV) system-packages  ## all tests, on SQLite and PostgreSQL (ARGS="tests/store -k outbox" for a part)
	@scripts/test $(SIDE_BY_SIDE) $(ARGS)

lint: $(DEV)  ## ruff and mypy (strict on kit, model and rules)
	@$(PYTHON) -m ruff check $(CODE)
	@$(PYTHON) -m ruff format --check $(CODE)
	@$(PYTHON) -m mypy

format: $(DEV)  ## let ruff rewrite what it can
	@$(PYTHON) -m ruff check --fix $(CODE)
	@$(PYTHON) -m ruff format $(CODE)

venv: $(DEV)  ## only make .venv, with the packages for developing

lock: $(DEV)  ## write requirements/*.txt anew from pyproject.toml (UPGRADE=1 for newer versions)
	@scripts/lock

live: $(DEV)  ## compare the simulator with Telegram itself (needs DAVY_LIVE_TOKEN and DAVY_LIVE_CHAT)
	@$(PYTHON) -m pytest -m live tests $(ARGS)

texts: $(DEV)  ## collect the texts into the catalogues (bot/i18n/locales) and compile them
	@$(PYTHON) scripts/texts.py $(ARGS)

reference: $(DEV)  ## write docs/reference and .env.example anew from the code
	@$(PYTHON) scripts/reference.py $(ARGS)

bench: $(DEV)  ## measure sending, receiving and storing (numbers depend on the machine: trust the ratios)
	@$(PYTHON) -m bench $(ARGS)

prove: $(DEV) system-packages prove-packages  ## every fault that we claim to stand, and its sabotage, into docs/reference/trust.md (ARGS=--short, ARGS=--again)
	@$(PYTHON) -m bench.prove $(ARGS)

audit: $(DEV)  ## ask the advisory service about every pinned package (says so where it gets no answer)
	@$(PYTHON) scripts/audit.py $(ARGS)

licences: $(DEV)  ## write docs/reference/licences.md anew from the installed packages
	@$(PYTHON) scripts/licences.py $(ARGS)

sbom: $(DEV)  ## write dist/davy.cdx.json (CycloneDX): all that Davy runs on
	@scripts/sbom

wheel: $(DEV)  ## build dist/davy-*.whl, the same bytes from the same commit
	@scripts/wheel

site: $(DEV)  ## build the documentation into dist/site (strict: a broken link fails)
	@NO_MKDOCS_2_WARNING=1 $(PYTHON) -m mkdocs build --strict --site-dir dist/site

pictures: $(DEV) system-packages  ## take the pictures of docs/tutorials anew, from the demo
	@$(PYTHON) scripts/pictures.py $(ARGS)

system-packages:
	@scripts/system-packages test || true

prove-packages:
	@scripts/system-packages prove || true

clean:  ## remove .venv, caches and builds (never your data)
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build test-results
