# Two commands matter: `make start` for learners, `make test` for everyone else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
RUN := PATH="$(CURDIR)/$(BIN):$$PATH"
.DEFAULT_GOAL := help

help: ## show this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 11

start: $(VENV)/.learner ## open the course in JupyterLab (DIR=… for another folder)
	$(RUN) pmlab start "$(or $(DIR),my-course)" $(OPTIONS)

test: $(VENV)/.developer ## style, types, tests, lessons
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(RUN) pmlab author build --check
	$(RUN) pytest --cov --numprocesses auto --dist loadfile
	$(RUN) pytest --override-ini addopts= --nbval --nbval-current-env \
	  --nbval-cell-timeout=120 course/lessons

quick: $(VENV)/.developer ## the tests that take seconds
	$(RUN) pytest -q -m "not slow and not browser" -n auto --dist loadfile

bench: $(VENV)/.developer ## time the library against code by hand; answers must agree
	$(RUN) python tests/benchmarks/bench_metrics.py --millions 1 5
	$(RUN) python tests/benchmarks/bench_experiments.py
	$(RUN) python tests/benchmarks/bench_models.py

test-hub: $(VENV)/.developer ## a hub with real accounts on this machine (as root)
	$(RUN) pytest -m hub_full tests/hub/full

bench-hub: $(VENV)/.developer ## how many learners a hub on this machine carries
	$(RUN) python tests/benchmarks/bench_hub.py --learners 1 4 8

bench-grading: $(VENV)/.developer ## time grading against nbgrader; scores must agree
	$(RUN) python tests/benchmarks/bench_grading.py --submissions 50
	$(RUN) python tests/benchmarks/bench_grading.py --submissions 200 --only pmlab
	$(RUN) python tests/benchmarks/bench_grading.py --submissions 1000 --only pmlab

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "pmlab needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.learner: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing pmlab into $(VENV); this takes a few minutes, once."
	$(PIP) --constraint constraints.txt --editable '.[lab]'
	@touch $@

$(VENV)/.developer: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing pmlab and its tests into $(VENV); this takes a few minutes, once."
	$(PIP) --constraint constraints.txt --editable '.[lab,hub,test]'
	@touch $@ $(VENV)/.learner

.PHONY: help start test quick bench bench-grading test-hub bench-hub
