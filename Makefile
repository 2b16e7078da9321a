# Every target sets up what it needs in .venv and is quick the second time.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# The small matrices of the simulations are slower on two threads than on one.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1

# False once a plain `pip install .` has put a copy in the place of this folder, and once the folder
# has been moved: then it is installed again.
IS_INSTALLED := $(shell $(BIN)/python -I -c \
	'import engine, os; print(os.path.samefile(engine.__path__[0], "engine"))' 2>/dev/null)
ifneq ($(IS_INSTALLED),True)
.PHONY: .venv/.serve
endif

.PHONY: install serve test test-processors spread lint docs claims bench audit prove-security clean

install: .venv/.serve

.venv/.serve: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --editable .
	touch $@

.venv/.test: .venv/.serve
	$(PIP) --editable '.[test]'
	touch $@

.venv/.bench: .venv/.test
	$(PIP) --editable '.[test,bench]'
	touch $@

serve: .venv/.serve
	$(BIN)/python -m engine serve $(ARGS)

lint: .venv/.test
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check engine sims tests
	$(BIN)/python -m pyright

# The parts of docs/ that are made from the code.
docs: .venv/.test
	$(BIN)/python -m tools.docs

test: lint
	$(BIN)/python -m engine check
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --max-worker-restart 0 --dist loadfile $(ARGS)

# The tests of learned results, as other processors and two threads would compute them.
test-processors: .venv/.test
	$(BIN)/python -m tests.processors --numprocesses auto --maxprocesses 4 --dist loadfile $(ARGS)

# How far their bounds lie from what ten seeds give: for whoever sets or doubts one.
spread: .venv/.test
	$(BIN)/python -m tests.spread $(ARGS)

claims: .venv/.serve
	$(BIN)/python -m engine claims $(ARGS)

bench: .venv/.bench
	$(BIN)/python -m engine bench $(ARGS)

# Takes each defence of SECURITY.md away, in a copy, and demands that its test fails. ARGS=WORD: some.
prove-security: .venv/.test
	$(BIN)/python -m tests.security $(ARGS)

# Compares the pinned packages with the public advisories: the one target that needs the network.
audit:
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) 'pip-audit>=2.7'
	$(BIN)/python -m pip_audit --strict --requirement constraints.txt --no-deps --disable-pip

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .ruff_cache
