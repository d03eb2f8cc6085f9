# Mystarion. `make help` lists what can be done here.

SHELL := /bin/bash
.DEFAULT_GOAL := help

HOST ?= 127.0.0.1
PORT ?= 8080
MODEL ?= Models/mystarion-icons
JOBS ?= $(shell nproc)

# One configuration for everything: tests link against the very objects that `make serve` built.
SWIFT_BUILD := swift build -c release -j $(JOBS)
BINARY := .build/release/mystarion
STAMPS := .build/stamps
# Folders are listed too, so that a removed file counts as a change.
SOURCES := Package.swift $(shell find Sources)

.PHONY: help serve build test format lint bench clean

help: ## Show this list.
	@echo "Mystarion: a private text-to-image service."
	@echo
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16
	@echo
	@echo "Variables: HOST=$(HOST) PORT=$(PORT) MODEL=$(MODEL) JOBS=$(JOBS)"

serve: build ## Install what is missing, build, and serve the page on http://127.0.0.1:8080.
	@exec $(BINARY) serve --host $(HOST) --port $(PORT) --model $(MODEL)

build: $(STAMPS)/build ## Build the program for release.

test: $(STAMPS)/test-dependencies $(STAMPS)/build $(STAMPS)/venv ## Build and run every test; the last line is the total.
	@scripts/test

format: $(STAMPS)/dependencies ## Rewrite the Swift sources in the project's format.
	@echo "==> Formatting Sources, Tests and Package.swift"
	@swift format -i -p -r Sources Tests Package.swift

lint: $(STAMPS)/build ## Check the format, and that our targets compile without a warning.
	@scripts/lint

bench: build ## Measure the engine on this machine, beside other engines, which are installed first.
	@scripts/bench

clean: ## Remove everything that was built, the tests' Python environment too.
	@echo "==> Removing .build and .venv"
	@rm -rf .build .venv

$(STAMPS)/dependencies: scripts/install-dependencies
	@scripts/install-dependencies build
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/test-dependencies: scripts/install-dependencies $(STAMPS)/dependencies
	@scripts/install-dependencies build test
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/build: $(SOURCES) $(STAMPS)/dependencies
	@echo "==> Building mystarion for release (the first build also compiles the HTTP server: minutes)"
	@scripts/build --product mystarion
	@touch $@

$(STAMPS)/venv: Tests/EndToEnd/requirements.txt $(STAMPS)/test-dependencies
	@echo "==> Installing the end-to-end tests' Python packages into .venv"
	@python3 -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/EndToEnd/requirements.txt
	@touch $@
