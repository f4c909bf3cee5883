# Two commands matter: `make start` for learners, `make test` for everyone else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
.DEFAULT_GOAL := help

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/'

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("pmlab needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; call make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[lab,test]'
	@touch $(INSTALLED)

install: $(INSTALLED)  ## create .venv with everything in it

start: $(INSTALLED)  ## open the course in JupyterLab
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pmlab start

test: $(INSTALLED)  ## style, types, tests, lessons
	PATH="$(CURDIR)/$(BIN):$$PATH" $(MAKE) --no-print-directory check

check:
	ruff format --check .
	ruff check .
	mypy
	pmlab author build --check
	pytest --cov --cov-report=term
	pytest --nbval --nbval-current-env --nbval-cell-timeout=120 -p no:cacheprovider course/lessons

.PHONY: help install start test check
