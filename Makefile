# Maia's commands. They need Python 3.11+, pip and make, and install the rest in this folder.
PYTHON ?= python3
UV := .tools/bin/uv
BIN := .venv/bin
PO := $(wildcard maia/locale/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)
export UV_PYTHON_DOWNLOADS = never
export UV_LINK_MODE = copy
export UV_COMPILE_BYTECODE = 1
export PIP_ROOT_USER_ACTION = ignore
# Who installs may be stricter than who runs: another user must be able to read it.
READABLE := umask 022 &&

.PHONY: run test quick check bench machines mutants install dev lock messages screenshots

run: install
	@MAIA_DEMO=$${MAIA_DEMO:-1} exec $(BIN)/maia run

test: dev
	@exec $(BIN)/python -m tests.run $(ARGS)

# One test of each rule in the domain and one through a page or the API, on SQLite: while you work.
quick: dev
	@exec $(BIN)/python -m pytest -m "rule and not alone and not browser and not long" $(ARGS)

check: dev
	@exec $(BIN)/python -m tests.check

bench: dev
	@exec $(BIN)/python -m bench.run

# Three web hosts, two workers, a load balancer, PostgreSQL and its replica, as network namespaces.
machines: dev
	@exec $(BIN)/python -m tests.machines

# What no test notices: by hand, half an hour.
mutants: dev
	@exec $(BIN)/python -m scripts.mutants

install: .venv/main.stamp $(MO) static-root/staticfiles.json
dev: .venv/dev.stamp $(MO) static-root/staticfiles.json

# What `maia serve` serves as it is. Collected with settings of nobody.
static-root/staticfiles.json: .venv/main.stamp $(shell find maia/static -type f)
	@$(READABLE) folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	  env -i PATH="$$PATH" MAIA_DATA_DIR="$$folder" $(BIN)/maia collectstatic --no-input --verbosity 0
	@touch $@

$(UV): requirements/tools.txt
	@$(READABLE) $(PYTHON) -m pip install --quiet --require-hashes --upgrade --target .tools -r requirements/tools.txt
	@touch $(UV)

.venv/bin/python: | $(UV)
	@$(READABLE) $(UV) venv --quiet --python $(PYTHON) .venv

# The development requirements hold the others: once they are in, `make run` takes nothing away.
.venv/main.stamp: requirements/main.txt pyproject.toml .venv/bin/python
	@$(READABLE) $(UV) pip install --quiet --python .venv --require-hashes -r requirements/main.txt
	@$(READABLE) $(UV) pip install --quiet --python .venv --no-deps -e .
	@touch $@

.venv/dev.stamp: requirements/dev.txt pyproject.toml .venv/bin/python
	@$(READABLE) $(UV) pip install --quiet --python .venv --require-hashes -r requirements/dev.txt
	@$(READABLE) $(UV) pip install --quiet --python .venv --no-deps -e .
	@touch .venv/main.stamp $@

%.mo: %.po
	@$(READABLE) $(BIN)/pybabel --quiet compile --use-fuzzy --input-file $< --output-file $@ 2>/dev/null

$(MO): .venv/main.stamp

# For developers: after a change of dependencies (`UPGRADE=--upgrade` takes newer ones), of words, of pages.
lock: $(UV)
	@for group in main dev; do \
	  flag=; [ $$group = dev ] && flag="--group dev"; \
	  $(UV) pip compile --quiet --generate-hashes --no-annotate --no-header --universal $$flag $(UPGRADE) pyproject.toml -o requirements/$$group.txt; \
	done
	@$(UV) pip compile --quiet --generate-hashes --no-annotate --no-header --universal requirements/tools.in -o requirements/tools.txt

messages: dev
	@cd maia && ../$(BIN)/python ../manage.py makemessages --all --no-obsolete --no-wrap --add-location file

screenshots: dev
	@exec $(BIN)/python -m docs.screenshots
