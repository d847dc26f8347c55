# `make demo` and `make test` are all a newcomer needs; both set up .venv first.
PYTHON ?= python3
BIN := .venv/bin
SETUP := .venv/.ready

PYTHON_GPU ?= python3

.PHONY: docs help demo test claims-check test-gpu test-slow mutants test-timm check package format setup clean
help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

demo: $(SETUP) ## compare learners on handwritten digits; a report in priorscope-runs/
	$(BIN)/priorscope compare digits --preset quick

test: $(SETUP) ## the tests, under 10 minutes on two cores
	$(BIN)/pytest -q -n auto --dist worksteal -m "not slow"

claims-check: $(SETUP) ## three claims of the stored book, chosen by the commit, come out as stored
	$(BIN)/python tools/claims_check.py

test-slow: $(SETUP) mutants ## the rest of the tests, a campaign of kills, and mutants
	$(BIN)/pytest -q -n auto --dist worksteal -m slow

test-gpu: ## GPU against CPU, replicas against single runs, capture, compile; with the machine's own torch
	PYTHONPATH=$(CURDIR):$(PYTHONPATH) $(PYTHON_GPU) -m pytest -q -p no:cacheprovider \
		-o filterwarnings=default -o addopts="--strict-markers --import-mode=importlib" tests/gpu

mutants: $(SETUP) ## break the scientific core in small ways; tests must notice each
	$(BIN)/python tools/mutants.py

test-timm: ## the same outputs as timm's vision transformer, in .venv-timm
	PYTHON=$(PYTHON) bash tools/timm.sh

check: $(SETUP) ## lint, types, import layers, known vulnerabilities
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/pyright
	bash tools/audit.sh

package: ## wheel and sdist in dist/, built twice with the same bytes, and tried without the checkout
	PYTHON=$(PYTHON) bash tools/package.sh

docs: ## the documentation as a site in build/site, English and Korean; links and anchors checked
	PYTHON=$(PYTHON) bash tools/docs.sh

format: $(SETUP) ## let ruff rewrite what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

setup: $(SETUP) ## the virtual environment alone
$(SETUP): pyproject.toml constraints.txt tools/setup.sh
	PYTHON=$(PYTHON) bash tools/setup.sh
	touch $(SETUP)

clean: ## remove the virtual environment and caches
	rm -rf .venv .pytest_cache .ruff_cache .import_linter_cache
