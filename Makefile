# Everything a checkout needs, from git, make and one Python >= 3.10. `make test` and `make demo` set up what they use.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.10 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The tests start hundreds of Python programs; without byte code they spend a third of their time on compiling.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo browser database npm servers test test-fast coverage lint format pins pages release matrix docs docs-serve pictures first-day doors bench bench-apps \
	bench-servers bench-store dist clean

help:
	@echo "make demo   make a project with default answers, start it, ask for its health"
	@echo "make test   the whole suite        make test-fast  without starting real projects"
	@echo "make coverage  the fast tests, with the share of branches that they take"
	@echo "make lint   ruff and mypy          make format     ruff's formatter"
	@echo "make pins   compile the pins       make pages      write cookiecutter.json, the pages of docs/"
	@echo "make release VERSION=x.y.z         publish the templates as a version that projects can update to"
	@echo "make docs   the site, in build/site     make docs-serve  the same while you write it"
	@echo "make pictures  the docs' pictures, from the programs as they run"
	@echo "make matrix start every kind of project; ONLY=django: only some"
	@echo "make first-day  type what every kind of project prints; ONLY=django: only some"
	@echo "make doors  every combination of answers by scaffold, copier and cookiecutter; ONLY=django: only some"
	@echo "make bench  speed beside peers     make bench-apps generated projects under load; ONLY=django: some"
	@echo "make bench-servers  the WSGI servers with slow clients, signals, odd requests and under load"
	@echo "make dist   build the sdist and the wheel; try the wheel on every supported Python that is here"
	@echo "make clean  remove what make made"

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "scaffold needs Python 3.10 or newer; none was found on PATH" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --editable . --group dev --group docs
	@touch $@

demo: $(READY)
	@rm -rf build/demo && mkdir -p build/demo
	@cd build/demo && ../../$(BIN)/scaffold new myapp --defaults --no-git
	@$(BIN)/scaffold boot build/demo/myapp

# What tests need of Debian's packages; where they cannot be installed those tests are skipped.
define debian
	@$(2) || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update --quiet >/dev/null && \
		apt-get install --yes --quiet --no-install-recommends $(1) >/dev/null; } || \
		echo "no $(1): the tests that need it are skipped" >&2
endef

browser:
	$(call debian,chromium-headless-shell,command -v chromium-headless-shell >/dev/null || \
		command -v chromium >/dev/null || command -v chromium-browser >/dev/null)

database:
	$(call debian,postgresql,ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1)
	$(call debian,redis-server,command -v redis-server >/dev/null)

# With a later router every batch is an error.
PARSE_SERVER = npm install --silent --no-audit --no-fund --ignore-scripts --omit=dev --omit=optional --prefix build/parse \
	parse-server@8.6.94 pg@8.16.3 router@2.2.0

# The vendor's JavaScript SDK, which a test calls a moved app with, and the validator of workflows; Parse Server, which a test
# imports into. Into build/ only, and without the packages' own scripts.
npm:
	@test -d build/npm/node_modules/leancloud-storage || { command -v npm >/dev/null && npm install --silent --no-audit \
		--no-fund --ignore-scripts --prefix build/npm leancloud-storage@4.15.2 @action-validator/cli@0.6.0 \
		@action-validator/core@0.6.0 >/dev/null; } || echo "no npm: the tests that need it are skipped" >&2
	@test -d build/parse/node_modules/parse-server || { command -v npm >/dev/null && $(PARSE_SERVER) >/dev/null; } || \
		echo "no npm: the tests that need Parse Server are skipped" >&2

servers:
	$(call debian,buildah,command -v buildah >/dev/null)
	$(call debian,nginx,command -v nginx >/dev/null || test -x /usr/sbin/nginx)

# What is imported is compiled by one process, not by all at once.
test: $(READY) browser database npm servers
	@$(BIN)/python -m pytest --collect-only -qq >/dev/null || true
	@$(BIN)/python -m pytest -n 5 --dist worksteal

test-fast: $(READY) database
	@$(BIN)/python -m pytest -n 4 -m "not boot"

# The floor is in pyproject.toml.
coverage: $(READY)
	@$(BIN)/python -m pytest -n 4 -m "not boot" --cov --cov-report=term

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(READY)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

pins: $(READY)
	@$(BIN)/python -m tools.pins $(ONLY)

pages: $(READY)
	@$(BIN)/python -m tools.doors
	@$(BIN)/python -m tools.error_pages
	@$(BIN)/python -m tools.check_pages
	@$(BIN)/python -m tools.matrix.report
	@$(BIN)/python -m tools.reference
	@$(BIN)/python -m tools.glossary
	@$(BIN)/python -m tools.repository
	@$(BIN)/python -m tools.site.pictures drawn

# The variable silences an advertisement of the theme's.
docs: $(READY)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build

docs-serve: $(READY)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs serve

release: $(READY)
	@$(BIN)/python -m tools.release $(VERSION)

# ONLY=drawn: only what needs neither a terminal nor a browser.
pictures: $(READY) browser
	@$(BIN)/python -m tools.site.pictures $(ONLY)

# ONLY="wsgi django-uwsgi" OPTIONS="--python 3.12 --own-tests": `python -m tools.matrix --help`.
matrix: $(READY)
	@$(BIN)/python -m tools.matrix $(ONLY) $(OPTIONS)

# Each starter in each language, with pip as its README says; the suite plays each starter once.
first-day: $(READY)
	@FIRST_DAY=all $(BIN)/python -m pytest -n 2 tests/test_first_day.py $(if $(ONLY),-k "$(ONLY)")

# The suite compares what has every pair of answers.
doors: $(READY)
	@DOORS=all $(BIN)/python -m pytest -n 2 tests/test_render.py $(if $(ONLY),-k "$(ONLY)")

bench: $(READY)
	@$(BIN)/python benchmarks/cli.py

# wrk is Debian's load generator.
# ONLY="flask django-granian" OPTIONS="--rounds 1 --markdown FILE": `python benchmarks/apps.py --help`.
bench-apps: $(READY)
	@command -v wrk >/dev/null || apt-get install --yes --quiet wrk || { echo "install wrk first" >&2; exit 1; }
	@$(BIN)/python benchmarks/apps.py $(if $(ONLY),--only $(ONLY)) $(OPTIONS)

# Two empty databases of one PostgreSQL: make bench-store OPTIONS="postgresql://…/a postgres://…/b"
bench-store: $(READY)
	@mkdir -p build/parse && $(PARSE_SERVER)
	@$(BIN)/python benchmarks/data_service.py $(OPTIONS)

bench-servers: $(READY)
	@command -v wrk >/dev/null || apt-get install --yes --quiet wrk || { echo "install wrk first" >&2; exit 1; }
	@$(BIN)/python benchmarks/servers.py $(if $(ONLY),--only $(ONLY)) $(OPTIONS)

# Builds the sdist and the wheel, and tries the wheel on every supported Python that is here.
dist: $(READY)
	@$(BIN)/python -m tools.dist $(OPTIONS)

clean:
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
