# Every target does its own set-up in .venv; nothing else has to be installed first but Python >= 3.11.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test lint fix types rules entities oracles lookalikes bench smoke check

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(READY): pyproject.toml constraints.txt
	@sh bench/venv.sh $(PYTHON)
	@touch $@

demo: $(READY) ## make a small "seized USB stick" and scan it
	@$(BIN)/python -m bench.demo demo-stick
	@$(BIN)/piitrace scan demo-stick

test: $(READY) ## run the tests
	$(BIN)/python -m pytest -n 2

lint: $(READY) ## check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

fix: $(READY) ## repair style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY) ## check types (mypy strict)
	$(BIN)/mypy

rules: $(READY) ## check every rule against its own examples
	$(BIN)/piitrace rules test

entities: $(READY) ## write docs/entities.md from the rules
	$(BIN)/python -m bench.entities

oracles: $(READY) ## compare with python-stdnum and phonenumbers, about 5 minutes; writes docs/oracles.md
	$(BIN)/python -m bench.oracles

lookalikes: $(READY) ## count false alarms among made-up lookalikes; writes docs/lookalikes.md
	$(BIN)/python -m bench.false_alarms

bench: $(READY) ## measure against rivals, about 10 minutes; writes bench/results
	$(BIN)/python -m bench.run

smoke: $(READY) ## install the wheel into an empty environment and scan from another folder
	sh bench/smoke.sh $(PYTHON)

check: lint types rules test smoke ## everything that must hold before a change lands
