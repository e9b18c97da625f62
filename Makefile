.DEFAULT_GOAL := book
.PHONY: book test audit oldest lab run rehearse seeds full homework bench address clean
PYTHON ?= python3
JOBS ?= 1
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
	OMP_NUM_THREADS=1 .venv/bin/python -m pytest tests chapters --ignore tests/audit --nbval --nbval-current-env -n 2 --durations=15

audit: $(READY) ## tests of the tests: planted faults, browsers, benchmarks, make
	OMP_NUM_THREADS=1 .venv/bin/python -m pytest tests/audit -n 2

# Without the browser: Python 3.10 has an older theme, which we do not judge.
oldest: ## the tests with the oldest libraries: make oldest PYTHON=python3.10
	$(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/python -m pip install -r requirements.txt -e . -c tests/oldest.txt
	OMP_NUM_THREADS=1 .venv-oldest/bin/python -m pytest tests -m "not slow" -n 2 -W ignore --ignore tests/audit --ignore tests/site/test_browser.py

lab: $(READY) ## edit the chapters
	.venv/bin/jupyter lab chapters

run: $(READY) ## run a chapter and keep what is new: make run CHAPTER=cnn
	.venv/bin/python tools/notebooks.py run $(CHAPTER)

rehearse: $(READY) ## run every line of the full versions in miniature
	.venv/bin/python tools/notebooks.py rehearse $(CHAPTER)

seeds: $(READY) ## how far the results spread: make seeds CHAPTER=cnn JOBS=2
	.venv/bin/python tools/notebooks.py seeds $(CHAPTER) --jobs $(JOBS)

full: $(READY) ## run a full version, best on a GPU: make full CHAPTER=cnn
	.venv/bin/python tools/notebooks.py full $(CHAPTER)

homework: $(READY) ## a chapter without its solutions: make homework CHAPTER=cnn
	.venv/bin/python tools/notebooks.py homework $(CHAPTER)

bench: $(READY) ## speed, beside a plain loop and a peer
	.venv/bin/python -m benchmarks

address: $(READY) ## where the book is published: make address URL=https://...
	.venv/bin/python tools/notebooks.py address $(URL)

clean: ## what was built; the environment stays (rm -r .venv removes it)
	rm -rf _build .pytest_cache .ruff_cache
