# `make run` scores the sample calls; `make test` runs everything that checks this repository.
# Needs python3.11, make and a package registry; safe to repeat, and does nothing twice.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3.11)
VENV ?= .venv
OUT ?= out
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help run test check lint format models gpu ray lock clean

help:
	@echo "make run     set up, fetch the models, score sample_calls/ into $(OUT)/"
	@echo "make test    set up, then lint, types, layers and every test (real models, up to 30 minutes)"
	@echo "make check   the same without the tests that run real models (about a minute)"
	@echo "make gpu     add the libraries recognition needs on an NVIDIA GPU"
	@echo "make ray     add Ray, for work on many machines"
	@echo "make format  put the code into the house style"
	@echo "make lock    pin what is installed now in requirements.lock"
	@echo "make clean   remove $(VENV)/ and $(OUT)/"

run: models
	@$(BIN)/qa-scorer run sample_calls --out $(OUT)
	@echo
	@echo "Open $(OUT)/index.html in a browser, or a coaching sheet in $(OUT)/coaching/ in Excel or LibreOffice."

test: lint models
	$(BIN)/python -m pytest

check: lint
	$(BIN)/python -m pytest -m "not e2e"

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

models: $(VENV)/.installed
	@$(BIN)/qa-scorer models pull

gpu ray: $(VENV)/.installed
	$(PIP) install --quiet --constraint requirements.lock --editable ".[$@]"

# Names and versions only: where packages come from is each user's own pip configuration.
lock: $(VENV)/.installed-dev
	@{ sed -n '/^#/p;/^#/!q' requirements.lock; $(PIP) freeze --exclude-editable | grep -E '^[A-Za-z0-9_.-]+==[^ ]+$$'; } \
		> requirements.lock.tmp && mv requirements.lock.tmp requirements.lock

clean:
	rm -rf $(VENV) $(OUT)

# A stamp is written last, so an install that was interrupted starts again where pip left off.
$(VENV)/.installed: pyproject.toml requirements.lock | $(BIN)/python
	@echo "Installing into $(VENV)/ (some 6 GB, once; a few minutes) …"
	@$(PIP) install --quiet --constraint requirements.lock --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@$(PIP) install --quiet --constraint requirements.lock --editable ".[dev,ray,languages]"
	@touch $@

$(BIN)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || { \
		echo "qa-scorer needs Python 3.11 and '$(PYTHON)' is not it: install python3.11, or name yours with 'make PYTHON=/path/to/python3.11'." >&2; exit 2; }
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python 3.11 could not make a virtual environment: install its venv package (Debian and Ubuntu: python3.11-venv)." >&2; exit 2; }
