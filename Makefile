# `make run` cleans raw/ into clean/; `make test` runs everything CI runs. Both set up .venv first.
PYTHON ?= python3
BIN := .venv/bin
# Sets whose pages are marked by the rules of docs/explanation/stripping.md.
NEWS ?= andy424 fundus newspaper3k scrapinghub

.PHONY: run test format reference models lock
.DELETE_ON_ERROR:

run: .venv/installed
	$(BIN)/winnow run --raw raw --clean clean

# Three processes for two cores, since a run mostly waits: for its server, its workers, a schedule. Files go out in the
# order given here; by default those with few tests come last. The flows take longest, so they come first: behind the
# others, one process had 100 of 775 s to do when its peers were done.
test: .venv/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder \
		tests/flows $(filter-out tests/flows,$(wildcard tests/[a-z]*))

format: .venv/installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The pages of docs/reference that are made from code; a test fails where they are not current.
reference: .venv/installed
	$(BIN)/python -m docs.write_reference

# Trains every model on a folder (docs/reference/training-data.md) and writes them into the package. Takes an hour or so.
models: .venv/installed
	@test -n "$(DATA)" || { echo "usage: make models DATA=FOLDER (docs/reference/training-data.md)" >&2; exit 2; }
	$(BIN)/python -m benchmarks.training.pages $(DATA)/pages $(DATA)/world --policy $(NEWS) --write
	$(BIN)/python -m benchmarks.training.lines $(DATA) --write
	$(BIN)/python -m benchmarks.training.ends $(DATA) --write
	$(BIN)/python -m benchmarks.training.parts $(DATA) --write
	$(BIN)/python -m benchmarks.training.headline $(DATA) --write
	$(BIN)/python -m benchmarks.training.confidence $(DATA)/pages $(DATA)/world --policy $(NEWS) \
	  --whole $(DATA)/whole --glued $(DATA)/spliced --write

# The lock is complete, so pip need not resolve again: --no-deps (pip before 23.3 also fails on an extra of lxml).
.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Needs uv. Names, versions and hashes only: no address of a registry is written.
lock:
	uv pip compile pyproject.toml --extra dev --universal --upgrade --generate-hashes --no-header --no-annotate \
	  --output-file requirements.lock
