# Every command a developer needs; `make` prints the list.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v "$$p" && break; done)
ifeq ($(PYTHON),)
$(error Python 3.11 or newer is needed: install it, or name it with PYTHON=/path/to/python3)
endif
BIN := .venv/bin
STACK := $(PYTHON) -m stack
NAME ?= demo
PYTEST_ARGS ?=
REQUIREMENTS := shared gateway planner executor broker-mailer operator mcp bench tracing
COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.PHONY: help setup requirements digests up down status logs demo test test-unit lint format types imports \
	rulesets-check audit \
	crash-points fuzz chaos exhaustion bench pressure contract record-examples clean

##@ Run it
up: setup ## start servers and services, or rescale them: PLANNERS= PLANNERS_LARGE= EXECUTORS= MAILERS= GATEWAYS= PORT=
	@$(STACK) up --name $(NAME) $(if $(PORT),--port $(PORT)) \
		$(if $(PLANNERS),--planners $(PLANNERS)) \
		$(if $(PLANNERS_LARGE),--planners-large $(PLANNERS_LARGE)) $(if $(EXECUTORS),--executors $(EXECUTORS)) \
		$(if $(MAILERS),--mailers $(MAILERS)) $(if $(GATEWAYS),--gateways $(GATEWAYS))

down: ## stop all of it; WIPE=1 removes its data too
	@$(STACK) down --name $(NAME) $(if $(WIPE),--wipe)

status: ## each process: where, ready or not, what it has handled
	@$(STACK) status --name $(NAME)

logs: ## the end of the logs: SERVICE=planner LINES=100 FOLLOW=1
	@$(STACK) logs --name $(NAME) --lines $(or $(LINES),20) $(if $(FOLLOW),--follow) $(SERVICE)

demo: up ## from orders to the broker's mailbox, once through
	@ENTRYGO_STACK_NAME=$(NAME) $(BIN)/python -m examples.demo

##@ Check it
test: lint types imports test-unit ## everything: style, types, architecture, all tests on real servers
	@$(STACK) test-tools
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/integration tests/e2e $(PYTEST_ARGS)

test-unit: setup ## the quick part: no server, no network
	$(BIN)/python -m pytest -n auto tests/unit $(PYTEST_ARGS)

lint: setup ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup ## types, strictly
	$(BIN)/mypy

imports: setup ## who may import whom
	$(BIN)/lint-imports

rulesets-check: setup ## the duty programmes against lists made apart from them, over the whole tariff
	@PYTHONPATH=tests:. $(BIN)/python -m support.rulesets_check

audit: setup ## known vulnerabilities of the pinned packages, and bandit's rules
	$(BIN)/uv tool run bandit -q -c pyproject.toml -r services shared clients stack
	$(BIN)/uv tool run pip-audit --strict --disable-pip --require-hashes -r requirements/dev.txt

crash-points: setup ## kill a service, or the command, before and after every named step, one at a time
	ENTRYGO_CRASH_POINTS=all $(BIN)/python -m pytest -n 2 tests/e2e -k crash $(PYTEST_ARGS)

fuzz: setup ## bad input against the HTTP API, and every parser of strangers' bytes
	ENTRYGO_FUZZ=all $(BIN)/python -m pytest tests -k fuzz $(PYTEST_ARGS)

chaos: setup ## the nemesis, on a stack of its own: SEED= EXPORTS= ROUNDS= EACH=
	@PYTHONPATH=tests:. $(BIN)/python -m chaos $(if $(SEED),--seed $(SEED)) \
		$(if $(EXPORTS),--exports $(EXPORTS)) $(if $(ROUNDS),--rounds $(ROUNDS)) \
		$(if $(EACH),--each $(EACH))

exhaustion: setup ## full disks of store and RabbitMQ, as Debian root; few descriptors, little memory
	@PYTHONPATH=tests:. $(BIN)/python -m chaos --only "store's disk full" --exports 40 --rounds 2 --each 1
	@PYTHONPATH=tests:. $(BIN)/python -m chaos --only "RabbitMQ's disk full" --exports 40 --rounds 2 --each 1
	$(BIN)/python -m pytest tests/e2e/test_exhaustion.py $(PYTEST_ARGS)

bench: setup ## measure it, on a stack of its own: QUICK=1 PARTS="plans executes"
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install -q --require-hashes -r requirements/bench.txt
	$(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(PARTS)

pressure: setup ## three times of what can be served, one account flooding: SECONDS=60
	$(BIN)/python -m benchmarks.pressure $(if $(SECONDS),--seconds $(SECONDS))

##@ Look after it
setup: ## make .venv with the pinned packages; nothing to do when nothing changed
	@$(STACK) setup

contract: setup ## make the documents and pages that the gateway serves
	@$(BIN)/python -m contract

record-examples: up ## take the contract's examples from the running stack; then make contract
	@ENTRYGO_STACK_NAME=$(NAME) $(BIN)/python -m contract.record

format: setup ## put the style right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

digests: ## write beside each image's tag the digest that the registry has for it now
	@$(STACK) digests

requirements: setup ## pin requirements/*.in again; UPGRADE=1 takes newer versions
	$(COMPILE) requirements/dev.in -o requirements/dev.txt
	@for name in $(filter-out shared,$(REQUIREMENTS)); do \
		echo "requirements/$$name.txt"; \
		$(COMPILE) requirements/$$name.in -c requirements/dev.txt -o requirements/$$name.txt || exit 1; \
	done

clean: ## stop the demo and test stacks, remove their data, .venv and caches
	@$(STACK) down --name demo --wipe
	@$(STACK) down --name test --wipe
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@echo "The native servers stay; remove them with: rm -rf $${ENTRYGO_CACHE:-~/.cache/entrygo}"

help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
