.DEFAULT_GOAL := book
.PHONY: book test oldest lab run bench address clean
PYTHON ?= python3
READY := .venv/ready# written last, so an interrupted installation goes on

$(READY): requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install -r requirements.txt -e .
	touch $(READY)

book: $(READY) ## build the site
	.venv/bin/jupyter-book build . --all -W --keep-going -n
	@echo "Open file://$(CURDIR)/_build/html/index.html"

test: book ## everything: style, unit tests, every notebook, the built site
	.venv/bin/ruff check . && .venv/bin/ruff format --check .
	OMP_NUM_THREADS=1 .venv/bin/python -m pytest tests chapters --nbval --nbval-current-env -n 2 --durations=15

# Without the browser: Python 3.10 has an older theme, which we do not judge.
oldest: ## the tests with the oldest libraries: make oldest PYTHON=python3.10
	$(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/python -m pip install -r requirements.txt -e . -c tests/oldest.txt
	OMP_NUM_THREADS=1 .venv-oldest/bin/python -m pytest tests -m "not slow" -n 2 -W ignore --ignore tests/test_browser.py

lab: $(READY) ## edit the chapters
	.venv/bin/jupyter lab chapters

run: $(READY) ## run a chapter and keep what is new: make run CHAPTER=cnn
	.venv/bin/python tools/notebooks.py run $(CHAPTER)

bench: $(READY) ## speed, beside a plain loop and a peer
	.venv/bin/python -m benchmarks

address: $(READY) ## where the book is published: make address URL=https://...
	.venv/bin/python tools/notebooks.py address $(URL)

clean: ## what was built; the environment stays (rm -r .venv removes it)
	rm -rf _build .pytest_cache .ruff_cache
