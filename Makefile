# `make run` and `make test` each work as the first command in a fresh clone. `make help` lists the rest.

PORT ?= 8000
HOST ?= 127.0.0.1
DATA_DIR ?= .data
THOROUGH ?= no
export PORT HOST DATA_DIR THOROUGH

# The first Python that is new enough; where there is none, requirements/install.py says so.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; exit; }; \
	done; command -v python3 || echo python3)

IN_VENV := .venv/bin/python
SERVERS := $(IN_VENV) -m segmentation_crm.embedded
TOOL := .venv/bin
CODE := segmentation_crm clients tiers personas servicing

# `make restore some.dump` as well as `make restore FILE=some.dump`
ifneq (,$(filter restore backup,$(firstword $(MAKECMDGOALS))))
FILE ?= $(word 2,$(MAKECMDGOALS))
ifneq (,$(word 2,$(MAKECMDGOALS)))
.PHONY: $(word 2,$(MAKECMDGOALS))
$(word 2,$(MAKECMDGOALS)): ; @:
endif
endif

.PHONY: help install run test lint format types bench backup restore lock clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -e 's/:.*## /\t/' | expand -t 10
	@echo
	@echo "make run: PORT=$(PORT) HOST=$(HOST) DATA_DIR=$(DATA_DIR), DEMO=no for a firm of your own"

install: ## a virtual environment in .venv with everything in it
	@$(PYTHON) requirements/install.py

run: install ## everything, on http://127.0.0.1:8000/; Ctrl-C stops it
	@$(SERVERS) run

test: install ## every check and test; THOROUGH=yes for the long ones too
	@$(SERVERS) test -- .ci/checks $(PYTEST_ARGS)

lint: install ## style, types, arrows between the apps, templates
	@.ci/lint

format: install ## rewrites the code in the project's style
	@$(TOOL)/ruff check --fix . ; $(TOOL)/ruff format .

types: install ## mypy alone
	@$(TOOL)/mypy $(CODE)

bench: install ## the benchmark table; N=1000000 for the large size
	@$(SERVERS) test --durable -- $(IN_VENV) -m benchmarks.run

backup: install ## the database as one file; FILE=... to name it
	@$(SERVERS) backup "$(FILE)"

restore: install ## FILE=...: replaces the database by a backup
	@$(SERVERS) restore "$(FILE)"

lock: install ## compiles requirements/*.txt from pyproject.toml
	@.ci/lock

clean: ## removes the virtual environment and caches, never data
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
