# `make up` and `make test` are all that you need. Another Python: make up PYTHON=python3.12
PYTHON ?= python3
INSTALL = @$(PYTHON) requirements/install.py
RUN = .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help up test check fix bench load traces types docs web clean

help:  ## What there is
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile

up:  ## Start everything here: servers, demo shop, pages. Ctrl-C stops it
	$(INSTALL) run
	@$(RUN) -m server.pages && exec $(RUN) -m server up

test:  ## Run all tests
	$(INSTALL) develop
	@$(RUN) -m server.pages && $(RUN) -m pytest -n auto

check:  ## Everything that reads the code: style, types, layers, generated files, web
	$(INSTALL) develop
	@bash .ci/check

fix:  ## Put style right where a program can
	$(INSTALL) develop
	@$(RUN) -m ruff check --fix --quiet . ; $(RUN) -m ruff format .

bench:  ## Measure against the bars, beside other servers
	$(INSTALL) develop
	@$(RUN) -m loadtest.bench

load:  ## Let people in: make load SCENARIO=noon USERS=200 (NODES=2, WEB=8089, HOST=http://…)
	$(INSTALL) load
	@$(RUN) -m loadtest.people $(if $(SCENARIO),--scenario $(SCENARIO)) $(if $(USERS),--users $(USERS)) \
	  $(if $(SECONDS),--seconds $(SECONDS)) $(if $(NODES),--nodes $(NODES)) $(if $(WORKERS),--workers $(WORKERS)) \
	  $(if $(HOST),--host $(HOST)) $(if $(SITES),--sites $(SITES)) $(if $(WEB),--web $(WEB)) $(if $(PACE),--pace $(PACE)) $(if $(SEED),--seed $(SEED))

traces:  ## Install what sends traces to a collector (KEFU_OTLP_ENDPOINT)
	$(INSTALL) trace

types:  ## Write the wire contract as TypeScript again
	$(INSTALL) develop
	@$(RUN) -m server.protocol.typescript

docs:  ## Write the generated pages of docs/reference again
	$(INSTALL) develop
	@$(RUN) -m server.reference

web:  ## Build the web pages, if they changed
	$(INSTALL) run
	@$(RUN) -m server.pages

clean:  ## Remove what was installed and built. Data in .kefu stays
	rm -rf .venv build web/node_modules web/*/dist web/.built *.egg-info .*_cache
