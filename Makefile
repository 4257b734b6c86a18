# Everything a checkout needs, from git, make and one Python >= 3.10. `make test` and `make demo` set up what they use.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.10 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The tests start hundreds of Python programs; without byte code they spend a third of their time on compiling.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo browser test test-fast lint format pins pages release matrix docs docs-serve pictures bench bench-apps dist clean

help:
	@echo "make demo   make a project with default answers, start it, ask for its health"
	@echo "make test   the whole suite        make test-fast  without starting real projects"
	@echo "make lint   ruff and mypy          make format     ruff's formatter"
	@echo "make pins   compile the pins       make pages      write cookiecutter.json, the pages of docs/"
	@echo "make release VERSION=x.y.z         publish the templates as a version that projects can update to"
	@echo "make docs   the site, in build/site     make docs-serve  the same while you write it"
	@echo "make pictures  the docs' pictures, from the programs as they run"
	@echo "make matrix start every kind of project; ONLY=django: only some"
	@echo "make bench  speed beside peers     make bench-apps generated projects under load; ONLY=django: some"
	@echo "make dist   build the sdist and the wheel; try the wheel on every supported Python that is here"
	@echo "make clean  remove what make made"

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "scaffold needs Python 3.10 or newer; none was found on PATH" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --editable '.[up]' --group dev --group docs
	@touch $@

demo: $(READY)
	@rm -rf build/demo && mkdir -p build/demo
	@cd build/demo && ../../$(BIN)/scaffold new myapp --defaults --no-git
	@$(BIN)/scaffold boot build/demo/myapp

# The tests of the console drive Debian's Chromium; where it cannot be installed they are skipped.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
		{ test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update --quiet >/dev/null && \
		apt-get install --yes --quiet --no-install-recommends chromium >/dev/null; } || \
		echo "no Chromium: the tests in a browser are skipped" >&2

test: $(READY) browser
	@$(BIN)/python -m pytest -n 4 --dist worksteal

test-fast: $(READY)
	@$(BIN)/python -m pytest -n 4 -m "not boot"

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

# The variable silences an advertisement of the theme's.
docs: $(READY)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build

docs-serve: $(READY)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs serve

release: $(READY)
	@$(BIN)/python -m tools.release $(VERSION)

# ONLY=architecture: only what needs neither a terminal nor a browser.
pictures: $(READY) browser
	@$(BIN)/python -m tools.site.pictures $(ONLY)

# ONLY="wsgi django-uwsgi" OPTIONS="--python 3.12 --own-tests": `python -m tools.matrix --help`.
matrix: $(READY)
	@$(BIN)/python -m tools.matrix $(ONLY) $(OPTIONS)

bench: $(READY)
	@$(BIN)/python benchmarks/cli.py

# wrk is Debian's load generator.
# ONLY="flask django-granian" OPTIONS="--rounds 1 --markdown FILE": `python benchmarks/apps.py --help`.
bench-apps: $(READY)
	@command -v wrk >/dev/null || apt-get install --yes --quiet wrk || { echo "install wrk first" >&2; exit 1; }
	@$(BIN)/python benchmarks/apps.py $(if $(ONLY),--only $(ONLY)) $(OPTIONS)

# Builds the sdist and the wheel, and tries the wheel on every supported Python that is here.
dist: $(READY)
	@$(BIN)/python -m tools.dist $(OPTIONS)

clean:
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
