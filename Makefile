# Every check and every made thing, by name. Data that is not part of the repository is found in DATA.

PYTHON ?= python3
VENV   ?= .venv
BIN    ?= $(VENV)/bin
DATA   ?= ../shared/data
WORK   ?= .cache/model

CODE       = model training eval apps artifacts tests
BENCHMARKS = $(DATA)/wild-dev.jsonl.gz $(DATA)/inserted-dev.jsonl.gz

.PHONY: help install test lint bench demo gate model clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: ## install with everything that development needs
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -c constraints.txt -e '.[dev]'

test: ## run the tests
	$(BIN)/python -m pytest

lint: ## check style, layout and types
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy

bench: ## measure the bundled model on the benchmarks
	$(BIN)/misplaced evaluate $(BENCHMARKS)

gate: ## fail if the bundled model falls behind its pins
	$(BIN)/misplaced evaluate $(BENCHMARKS) --bootstrap 0 --gate eval/baseline.json

demo: ## flag what does not belong in the examples
	$(BIN)/detect --exit-zero examples

# The recipe of the bundled model, from the base encoder and the corpora to artifacts/default.
model: ## make the bundled model again
	mkdir -p $(WORK)
	$(BIN)/misplaced export -o $(WORK)/all-MiniLM-L6-v2-int8
	for seed in 1 2 3; do \
	  $(BIN)/misplaced corrupt $(DATA)/wild-train.jsonl.gz \
	    --donors-from $(DATA)/articles-train.jsonl.gz --recurrences 0 --rate 0.75 \
	    --form paragraph --form run --form teaser --form sentence \
	    --seed $$seed -o $(WORK)/wild-inserted-$$seed.jsonl.gz || exit 1; \
	done
	$(BIN)/misplaced corrupt $(DATA)/articles-train.jsonl.gz --every 5 --seed 4 \
	  -o $(WORK)/news-inserted.jsonl.gz
	$(BIN)/misplaced corrupt $(DATA)/blogs-train.jsonl.gz --limit 1400 --every 2 --donor random --seed 5 \
	  -o $(WORK)/blogs-inserted.jsonl.gz
	$(BIN)/misplaced train \
	  $(WORK)/wild-inserted-1.jsonl.gz $(WORK)/wild-inserted-2.jsonl.gz $(WORK)/wild-inserted-3.jsonl.gz \
	  $(WORK)/blogs-inserted.jsonl.gz $(WORK)/news-inserted.jsonl.gz $(DATA)/wild-train.jsonl.gz \
	  --weight wild-inserted-1=0.3 --weight wild-inserted-2=0.3 --weight wild-inserted-3=0.3 \
	  --weight blogs-inserted=0.3 --weight news-inserted=0.15 \
	  --encoder $(WORK)/all-MiniLM-L6-v2-int8 --name default --cache $(WORK)/cache -o artifacts/default

clean: ## remove what is made and can be made again
	rm -rf build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
