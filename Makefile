# Every check and every made thing, by name. Data that is not part of the repository is found in DATA.

PYTHON ?= python3
VENV   ?= .venv
BIN    ?= $(VENV)/bin
DATA   ?= ../shared/data
WORK   ?= .cache/model

CODE       = model training eval apps artifacts benchmarks examples tests docs
BENCHMARKS = $(DATA)/wild-dev.jsonl.gz $(DATA)/inserted-dev.jsonl.gz

.PHONY: help install test lint docs bench speed accuracy pages demo gate model model-corpora model-encoder model-reader model-context model-classifier model-fast clean

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

docs: ## build the documentation into site/; a broken link fails (extra docs)
	$(BIN)/mkdocs build --strict

pages: ## measure what extractors leave in web pages (extras bench and html)
	$(BIN)/python benchmarks/pages.py -o eval/pages.json --page docs/explanation/web-pages.md

bench: ## measure the bundled model on the benchmarks
	$(BIN)/misplaced evaluate $(BENCHMARKS)

speed: ## measure speed against the obvious script, and write docs/speed.md
	$(BIN)/python benchmarks/speed.py --data $(DATA) -o eval/speed.json --page docs/speed.md

accuracy: ## measure everything, baselines too, and write docs/accuracy.md (extra bench)
	$(BIN)/python benchmarks/accuracy.py --data $(DATA) -o docs/accuracy.md

gate: ## fail if the bundled model falls behind its pins
	$(BIN)/misplaced evaluate $(BENCHMARKS) --bootstrap 0 --gate eval/baseline.json

demo: ## flag what does not belong in the examples
	$(BIN)/detect --exit-zero examples

# The recipe of the bundled models, from the base encoder and the corpora to artifacts/, in six
# steps that can be run one by one. HELD is the share of the sources that the encoder and the reader
# never see: the classifier is fitted and calibrated on those. The last 459 blogs are a benchmark.
HELD = 0.3
WILD = --donors-from $(DATA)/articles-train.jsonl.gz --recurrences 0
# Whose lines stand in real pages, in news with topics and dates, and in other registers.
WILDDONORS = --donor title --donor title --donor random
NEWSDONORS = --donor topic --donor date --donor title --donor random
OTHERDONORS = --donor topic --donor title --donor random
LINES = --form wild --form gallery --mixed --most 3 $(WILDDONORS)
NEWSLINES = --form wild --form gallery --mixed --most 3 $(NEWSDONORS)
CORRUPT = $(BIN)/misplaced corrupt
MADE = $(addprefix $(WORK)/,$(addsuffix .jsonl.gz,$(1)))
VARIED = --form prose --mixed --rate 0.85 --most 3
DENSE = --form prose --mixed --rate 1 --most 3
# Of other registers than news, whose short lines are the article's own.
OTHERPROSE = --trust-lines $(VARIED) --donor topic --donor random
OTHERLINES = --trust-lines --form wild --form gallery --mixed --most 3 $(OTHERDONORS)
SYNTHETIC = wild-lines-1 wild-lines-2 wild-prose-1 wild-prose-2
MORE = wild-lines-3 wild-lines-4 wild-prose-3 wild-prose-4
WILDLINES = wild-lines-1 wild-lines-2 wild-lines-3 wild-lines-4
WILDPROSE = wild-prose-1 wild-prose-2 wild-prose-3 wild-prose-4
WILDGALLERIES = wild-gallery-1 wild-gallery-2
GALLERIES = $(WILDGALLERIES) news-gallery
BLOGPROSE = blogs-prose-1 blogs-prose-2 blogs-prose-3
PROSE = news-prose-21 news-prose-23 news-prose-24
HELDPROSE = news-held-prose news-held-prose-81 news-held-prose-82 news-held-prose-83 news-held-prose-84
REGISTERS = corpora/registers.jsonl
MORE420 = $(WORK)/more-registers-420.jsonl
TUNED = $(DATA)/articles-train.jsonl.gz $(DATA)/wild-train.jsonl.gz $(call MADE,wild-lines-1 blogs-first-1400)
# Every step from one corpus: among 26,000 news articles the 900 of other registers would drown.
SPREAD = $(BIN)/misplaced finetune $(TUNED) $(REGISTERS) --held-out $(HELD) \
  --weight wild-train=0.3 --weight wild-lines-1=0 --weight blogs-first-1400=0.7
READ = $(DATA)/wild-train.jsonl.gz $(call MADE,$(SYNTHETIC) news-dense news-lines blogs-dense blogs-lines)
HELDMADE = blogs-held-prose news-held-prose news-held-lines blogs-prose
HELDOTHERS = registers-held-1 registers-held-2 registers-held-3 registers-held-lines \
  all-prose-1 all-prose-2 all-lines
FITTED = $(DATA)/wild-train.jsonl.gz $(call MADE,$(SYNTHETIC) wild-gallery-1 $(HELDMADE))
WEIGHTS = $(call AT,0.15,$(SYNTHETIC)) --weight blogs-held-prose=0.5 \
  --weight blogs-prose=0.5 --weight news-held-prose=0.4 --weight news-held-lines=0.1 \
  --weight wild-gallery-1=0.03
# What differs from another corpus by its seed alone, or is generated lines on news, is not read again.
UNREAD = $(foreach name,wild-lines-2 wild-prose-2 wild-gallery-1 news-held-lines registers-held-lines all-lines,\
  --second-weight $(name)=0)

# What the context networks are taught: prose above all, which they read best; mixed paragraphs sentence
# by sentence; galleries, which no real page of the training corpus shows.
SHOWN = $(SYNTHETIC) $(MORE) $(GALLERIES) $(PROSE) $(HELDPROSE) news-wild news-held-lines \
  $(BLOGPROSE) wild-fused news-fused
AT = $(foreach name,$(2),--weight $(name)=$(1))
CONTEXT = $(BIN)/misplaced finetune --objective context --held-out 0 --batch 24 --cache $(WORK)/cache \
  $(DATA)/wild-train.jsonl.gz
TEACH = $(CONTEXT) --weight wild-train=1.5 $(call MADE,$(SHOWN)) --learning-rate 1e-3 \
  $(call AT,0.4,$(WILDLINES)) \
  $(call AT,0.3,$(WILDPROSE)) \
  $(call AT,0.25,$(WILDGALLERIES)) $(call AT,0.6,news-gallery news-fused) \
  $(call AT,2,$(PROSE)) $(call AT,0.75,$(HELDPROSE)) --weight news-held-lines=0.5 \
  $(call AT,0.4,$(BLOGPROSE) wild-fused)
# Afterwards more of the prose, at half the rate.
SHOWNAGAIN = $(SYNTHETIC) wild-gallery-1 news-gallery $(PROSE) $(HELDPROSE) news-wild news-held-lines \
  blogs-prose-1 blogs-prose-2 wild-fused news-fused
TEACHAGAIN = $(CONTEXT) --weight wild-train=1.5 $(call MADE,$(SHOWNAGAIN)) --learning-rate 5e-4 \
  $(call AT,0.7,wild-lines-1 wild-lines-2) $(call AT,0.5,wild-prose-1 wild-prose-2 news-gallery) \
  $(call AT,0.4,wild-gallery-1 news-held-lines) $(call AT,0.6,news-fused blogs-prose-1 blogs-prose-2) \
  $(call AT,0.3,wild-fused) $(call AT,3,$(PROSE)) $(call AT,1,$(HELDPROSE)) --weight news-wild=0.8 --seed 1
# Then on the encoder that other registers were spread for, with them.
HALF = news-half-25 news-half-26 news-half-27
FEWHELD = news-held-prose news-held-prose-83 news-held-prose-84
OTHER = registers-prose-1 registers-prose-2 registers-prose-3 registers-prose-4
SHOWNOTHERS = $(SYNTHETIC) wild-gallery-1 $(HALF) $(FEWHELD) news-held-lines blogs-prose-1 blogs-prose-3 \
  half-fused $(OTHER) registers-lines
TEACHOTHERS = $(CONTEXT) --weight wild-train=1.5 $(call MADE,$(SHOWNOTHERS)) --learning-rate 7e-4 \
  $(call AT,0.7,wild-lines-1 wild-lines-2) $(call AT,0.5,wild-prose-1 wild-prose-2) \
  --weight wild-gallery-1=0.8 $(call AT,0.4,news-held-lines registers-lines) \
  $(call AT,0.6,half-fused blogs-prose-1 blogs-prose-3 $(OTHER)) \
  $(call AT,2.5,$(HALF)) $(call AT,1.3,$(FEWHELD)) --seed 2
# Once with more of real pages; then, from the same round, all of it, twice, with registers that the encoder
# has not seen. What is written is the mean.
SHOWNPAGES = $(WILDLINES) $(WILDPROSE) wild-gallery-1 news-half-25 $(FEWHELD) news-held-lines blogs-prose-1 \
  half-fused registers-prose-1 registers-prose-2 registers-lines
TEACHPAGES = $(CONTEXT) --weight wild-train=4 $(call MADE,$(SHOWNPAGES)) --learning-rate 4e-4 \
  $(call AT,0.7,$(WILDLINES)) $(call AT,0.5,$(WILDPROSE)) --weight wild-gallery-1=0.5 \
  $(call AT,0.5,news-held-lines registers-lines) --weight half-fused=0.4 --weight blogs-prose-1=0.6 \
  --weight news-half-25=2 $(call AT,1,$(FEWHELD)) $(call AT,0.8,registers-prose-1 registers-prose-2) --seed 3
NEWOTHER = more-prose-1 more-prose-2 more-prose-3 more-prose-4
SHOWNALL = $(WILDLINES) $(WILDPROSE) wild-gallery-1 $(HALF) $(FEWHELD) news-held-lines blogs-prose-1 half-fused \
  registers-prose-1 registers-prose-2 registers-lines $(NEWOTHER) more-lines
TEACHALL = $(CONTEXT) --weight wild-train=3 $(call MADE,$(SHOWNALL)) --learning-rate 5e-4 \
  $(call AT,0.6,$(WILDLINES) wild-gallery-1 blogs-prose-1 $(NEWOTHER)) \
  $(call AT,0.5,$(WILDPROSE) news-held-lines half-fused) \
  $(call AT,0.4,registers-lines more-lines) $(call AT,1.5,$(HALF)) $(call AT,1,$(FEWHELD)) \
  $(call AT,0.8,registers-prose-1 registers-prose-2) --seed 3
ALLOTHER = all-prose-1 all-prose-2 all-prose-3
SHOWNLAST = $(WILDLINES) $(WILDPROSE) $(WILDGALLERIES) $(HALF) $(HELDPROSE) news-held-lines \
  blogs-prose-1 half-fused registers-prose-1 registers-prose-2 $(ALLOTHER) all-lines
TEACHLAST = $(CONTEXT) --weight wild-train=4 $(call MADE,$(SHOWNLAST)) --learning-rate 4e-4 \
  $(call AT,0.7,$(WILDLINES)) $(call AT,0.6,$(WILDGALLERIES) blogs-prose-1) \
  $(call AT,0.5,$(WILDPROSE) registers-prose-1 registers-prose-2 news-held-lines half-fused all-lines) \
  $(call AT,1.2,$(HALF)) $(call AT,0.8,$(HELDPROSE)) $(call AT,1,$(ALLOTHER)) --seed 4
# In the end what a site says of its other pieces on the very story of the article.
COMPANIONS = $(foreach n,1 2 3 4 5 6,--form companion) --form service --form service --form wild --mixed --most 4
WILDCOMPANIONS = wild-companions-1 wild-companions-2 wild-companions-3 wild-companions-4
FRESH = news-half-27 news-half-28 news-held-prose-81 news-held-prose-82
SHOWNCOMPANIONS = $(WILDCOMPANIONS) news-companions all-companions $(WILDLINES) $(WILDPROSE) wild-gallery-1 \
  $(FRESH) news-held-lines blogs-prose-3 half-fused registers-prose-3 $(ALLOTHER) all-lines
TEACHCOMPANIONS = $(CONTEXT) --weight wild-train=4 $(call MADE,$(SHOWNCOMPANIONS)) --learning-rate 4e-4 \
  $(call AT,0.8,$(WILDCOMPANIONS) news-companions) $(call AT,0.4,$(WILDLINES) $(WILDPROSE)) \
  $(call AT,0.6,wild-gallery-1 blogs-prose-3 $(ALLOTHER)) \
  $(call AT,0.5,all-companions news-held-lines half-fused registers-prose-3 all-lines) \
  $(call AT,1.4,$(FRESH)) --seed 6 --steps 2500
# From there more news again, in fresh draws, at a lower rate.
NEWHALF = news-half-28 news-half-29
NEWHELD = news-held-prose-83 news-held-prose-84 news-held-prose-85
SHOWNNEWS = $(WILDCOMPANIONS) news-companions all-companions $(SYNTHETIC) wild-gallery-1 $(NEWHALF) $(NEWHELD) \
  news-held-lines blogs-prose-3 half-fused registers-prose-4 all-prose-1 all-prose-3 all-lines
TEACHNEWS = $(CONTEXT) --weight wild-train=3 $(call MADE,$(SHOWNNEWS)) --learning-rate 3e-4 \
  $(call AT,0.5,$(WILDCOMPANIONS) news-companions) \
  $(call AT,0.4,all-companions $(SYNTHETIC) news-held-lines all-lines) \
  $(call AT,0.8,all-prose-1 all-prose-3) $(call AT,0.5,wild-gallery-1 blogs-prose-3 half-fused registers-prose-4) \
  $(call AT,2,$(NEWHALF)) $(call AT,1.6,$(NEWHELD)) --seed 7 --steps 1500
# What the networks of the fast model are taught, in two rounds before that of the companions.
SHOWNFAST = $(WILDLINES) $(WILDPROSE) $(GALLERIES) $(HALF) $(HELDPROSE) news-wild news-held-lines \
  $(BLOGPROSE) wild-fused half-fused $(OTHER) registers-lines $(ALLOTHER) all-lines
SMALL = --base $(WORK)/static-int8 --members 3 --width 96 --layers 3
TEACHFAST = $(CONTEXT) --weight wild-train=2 $(call MADE,$(SHOWNFAST)) \
  $(SMALL) $(call AT,0.25,$(WILDGALLERIES)) $(call AT,0.3,$(WILDPROSE)) \
  $(call AT,0.4,$(WILDLINES) $(BLOGPROSE) wild-fused) \
  $(call AT,0.4,$(OTHER) registers-lines all-lines) --weight news-held-lines=0.5 \
  $(call AT,0.6,$(ALLOTHER) news-gallery half-fused) $(call AT,2,$(HALF)) $(call AT,0.75,$(HELDPROSE))

model: model-corpora model-encoder model-reader model-context model-classifier model-fast ## make the bundled models again

model-corpora:
	mkdir -p $(WORK)
	gzip -dc $(DATA)/blogs-train.jsonl.gz | head -1400 | gzip -n > $(WORK)/blogs-first-1400.jsonl.gz
	for seed in 1 2 3 4; do \
	  $(CORRUPT) $(DATA)/wild-train.jsonl.gz $(WILD) $(LINES) --seed $$seed \
	    -o $(WORK)/wild-lines-$$seed.jsonl.gz || exit 1; \
	  $(CORRUPT) $(DATA)/wild-train.jsonl.gz $(WILD) --form prose --donor title --donor random \
	    --seed 1$$seed -o $(WORK)/wild-prose-$$seed.jsonl.gz || exit 1; \
	done
	$(CORRUPT) $(DATA)/articles-train.jsonl.gz --every 2 $(DENSE) --donor topic --donor date --donor random \
	  --seed 4 -o $(WORK)/news-dense.jsonl.gz
	$(CORRUPT) $(DATA)/articles-train.jsonl.gz --every 5 $(NEWSLINES) --seed 5 \
	  -o $(WORK)/news-lines.jsonl.gz
	$(CORRUPT) $(WORK)/blogs-first-1400.jsonl.gz $(DENSE) --donor random --seed 6 \
	  -o $(WORK)/blogs-dense.jsonl.gz
	$(CORRUPT) $(WORK)/blogs-first-1400.jsonl.gz --form prose --donor random --seed 6 \
	  -o $(WORK)/blogs-prose.jsonl.gz
	$(CORRUPT) $(WORK)/blogs-first-1400.jsonl.gz --form wild --mixed --donor random --seed 7 \
	  -o $(WORK)/blogs-lines.jsonl.gz
	$(CORRUPT) $(DATA)/articles-train.jsonl.gz --held-out $(HELD) --form prose --seed 8 \
	  -o $(WORK)/news-held-prose.jsonl.gz
	$(CORRUPT) $(DATA)/articles-train.jsonl.gz --held-out $(HELD) --every 2 $(NEWSLINES) --seed 9 \
	  -o $(WORK)/news-held-lines.jsonl.gz
	$(CORRUPT) $(WORK)/blogs-first-1400.jsonl.gz --held-out $(HELD) --form prose --donor random \
	  --seed 10 -o $(WORK)/blogs-held-prose.jsonl.gz
	for seed in 21 23 24; do \
	  $(CORRUPT) $(DATA)/articles-train.jsonl.gz --tuned $(HELD) $(VARIED) --donor topic --donor date \
	    --donor random --seed $$seed -o $(WORK)/news-prose-$$seed.jsonl.gz || exit 1; \
	done
	for seed in 81 82 83 84 85; do \
	  $(CORRUPT) $(DATA)/articles-train.jsonl.gz --held-out $(HELD) $(VARIED) --donor topic --donor date \
	    --donor random --seed $$seed -o $(WORK)/news-held-prose-$$seed.jsonl.gz || exit 1; \
	done
	for seed in 1 2 3; do \
	  $(CORRUPT) $(WORK)/blogs-first-1400.jsonl.gz $(VARIED) --donor random --seed 4$$seed \
	    -o $(WORK)/blogs-prose-$$seed.jsonl.gz || exit 1; \
	done
	$(CORRUPT) $(DATA)/articles-train.jsonl.gz --tuned $(HELD) --every 4 $(NEWSLINES) --seed 31 \
	  -o $(WORK)/news-wild.jsonl.gz
	for seed in 1 2; do \
	  $(CORRUPT) $(DATA)/wild-train.jsonl.gz $(WILD) --form gallery --most 1 $(WILDDONORS) \
	    --seed 6$$seed -o $(WORK)/wild-gallery-$$seed.jsonl.gz || exit 1; \
	done
	$(CORRUPT) $(DATA)/articles-train.jsonl.gz --every 8 --form gallery --most 1 --donor title --donor topic \
	  --donor date --donor random --seed 63 -o $(WORK)/news-gallery.jsonl.gz
	$(CORRUPT) $(DATA)/articles-train.jsonl.gz --held-out $(HELD) --every 2 --form fused --seed 51 \
	  -o $(WORK)/news-fused.jsonl.gz
	$(CORRUPT) $(DATA)/wild-train.jsonl.gz $(WILD) --form fused --seed 52 -o $(WORK)/wild-fused.jsonl.gz
	for seed in 25 26 27 28 29; do \
	  $(CORRUPT) $(DATA)/articles-train.jsonl.gz --tuned $(HELD) --every 2 $(VARIED) --donor topic \
	    --donor date --donor random --seed $$seed -o $(WORK)/news-half-$$seed.jsonl.gz || exit 1; \
	done
	$(CORRUPT) $(DATA)/articles-train.jsonl.gz --held-out $(HELD) --every 4 --form fused --seed 51 \
	  -o $(WORK)/half-fused.jsonl.gz
	for seed in 1 2 3 4; do \
	  $(CORRUPT) $(REGISTERS) $(OTHERPROSE) --seed 9$$seed \
	    -o $(WORK)/registers-prose-$$seed.jsonl.gz || exit 1; \
	done
	$(CORRUPT) $(REGISTERS) $(OTHERLINES) --seed 95 -o $(WORK)/registers-lines.jsonl.gz
	for seed in 1 2 3; do \
	  $(CORRUPT) $(REGISTERS) --held-out $(HELD) $(OTHERPROSE) \
	    --seed 9$$((seed + 5)) -o $(WORK)/registers-held-$$seed.jsonl.gz || exit 1; \
	done
	$(CORRUPT) $(REGISTERS) --held-out $(HELD) $(OTHERLINES) --seed 99 \
	  -o $(WORK)/registers-held-lines.jsonl.gz
	head -420 corpora/more-registers.jsonl > $(MORE420)
	for seed in 1 2 3 4; do \
	  $(CORRUPT) $(MORE420) $(OTHERPROSE) --seed 10$$seed \
	    -o $(WORK)/more-prose-$$seed.jsonl.gz || exit 1; \
	done
	$(CORRUPT) $(MORE420) $(OTHERLINES) --seed 105 -o $(WORK)/more-lines.jsonl.gz
	for seed in 1 2 3; do \
	  $(CORRUPT) corpora/more-registers.jsonl $(OTHERPROSE) \
	    --seed 11$$seed -o $(WORK)/all-prose-$$seed.jsonl.gz || exit 1; \
	done
	$(CORRUPT) corpora/more-registers.jsonl $(OTHERLINES) --seed 115 -o $(WORK)/all-lines.jsonl.gz
	for seed in 1 2 3 4; do \
	  $(CORRUPT) $(DATA)/wild-train.jsonl.gz $(WILD) $(COMPANIONS) $(WILDDONORS) \
	    --seed 20$$seed -o $(WORK)/wild-companions-$$seed.jsonl.gz || exit 1; \
	done
	$(CORRUPT) $(DATA)/articles-train.jsonl.gz --tuned $(HELD) --every 6 $(COMPANIONS) $(NEWSDONORS) \
	  --seed 211 -o $(WORK)/news-companions.jsonl.gz
	$(CORRUPT) corpora/more-registers.jsonl --trust-lines $(COMPANIONS) $(OTHERDONORS) \
	  --seed 221 -o $(WORK)/all-companions.jsonl.gz

model-encoder:
	$(BIN)/misplaced finetune $(TUNED) --held-out $(HELD) --steps 700 --learning-rate 8e-5 \
	  -o $(WORK)/encoder-1
	$(BIN)/misplaced finetune $(TUNED) --held-out $(HELD) --steps 700 --learning-rate 6e-5 --seed 1 \
	  --base $(WORK)/encoder-1 -o $(WORK)/encoder
	$(BIN)/misplaced export $(WORK)/encoder -o $(WORK)/encoder-news-int8
	$(SPREAD) --weight articles-train=6 --weight registers=3.5 --steps 200 --learning-rate 5e-5 --seed 2 \
	  --base $(WORK)/encoder -o $(WORK)/encoder-2
	$(SPREAD) --weight articles-train=8 --weight registers=2 --steps 200 --learning-rate 5e-5 --seed 3 \
	  --base $(WORK)/encoder-2 -o $(WORK)/encoder-3
	$(BIN)/misplaced export $(WORK)/encoder-3 -o $(WORK)/encoder-int8

model-reader:
	$(BIN)/misplaced finetune $(READ) --objective reading --base $(WORK)/encoder-1 --held-out $(HELD) \
	  --weight wild-train=4 --weight wild-prose-1=0.75 --weight wild-prose-2=0.75 --weight news-dense=9 \
	  --weight news-lines=1.5 --weight blogs-dense=1.5 --weight blogs-lines=0.5 \
	  --batch 16 --steps 1500 --learning-rate 7e-5 -o $(WORK)/reader
	$(BIN)/misplaced export $(WORK)/reader -o $(WORK)/reader-int8

model-context:
	$(TEACH) --base $(WORK)/encoder-news-int8 --members 4 --steps 3000 -o $(WORK)/context-1
	$(TEACHAGAIN) --base $(WORK)/encoder-news-int8 --members 4 --steps 2000 --begin $(WORK)/context-1 \
	  -o $(WORK)/context-2
	$(TEACHOTHERS) --base $(WORK)/encoder-int8 --members 4 --steps 3500 --begin $(WORK)/context-2 \
	  -o $(WORK)/context-3
	$(TEACHPAGES) --base $(WORK)/encoder-int8 --members 4 --steps 1500 --begin $(WORK)/context-3 \
	  -o $(WORK)/context-4
	$(TEACHALL) --base $(WORK)/encoder-int8 --members 4 --steps 3000 --begin $(WORK)/context-3 \
	  -o $(WORK)/context-5
	$(TEACHLAST) --base $(WORK)/encoder-int8 --members 4 --steps 4000 --begin $(WORK)/context-5 \
	  --mean-with $(WORK)/context-3 --mean-with $(WORK)/context-4 -o $(WORK)/context-6
	$(TEACHCOMPANIONS) --base $(WORK)/encoder-int8 --members 4 --begin $(WORK)/context-6 -o $(WORK)/context-7
	$(TEACHNEWS) --base $(WORK)/encoder-int8 --members 4 --begin $(WORK)/context-7 \
	  --mean-with $(WORK)/context-6 -o $(WORK)/context

FIT = $(BIN)/misplaced train $(FITTED) $(WEIGHTS) -C 0.001 --held-out $(HELD) --seen-weight 1 \
  --cache $(WORK)/cache $(call MADE,$(HELDOTHERS)) $(call AT,0.3,$(HELDOTHERS))

model-classifier:
	$(FIT) $(UNREAD) --most-false-flags 2.9 --doubt 0.05 --encoder $(WORK)/encoder-int8 --reader $(WORK)/reader-int8 \
	  --context $(WORK)/context --name default -o artifacts/default

model-fast:
	$(SPREAD) --weight articles-train=8 --weight registers=2 --base $(WORK)/encoder-3 --static 256 \
	  --batch 48 --steps 2500 --learning-rate 5e-3 --max-tokens 128 -o $(WORK)/static
	$(BIN)/misplaced export $(WORK)/static -o $(WORK)/static-int8
	$(TEACHFAST) --learning-rate 1e-3 --steps 6000 -o $(WORK)/context-fast-1
	$(TEACHFAST) --learning-rate 4e-4 --steps 3000 --seed 1 --begin $(WORK)/context-fast-1 \
	  -o $(WORK)/context-fast-2
	$(TEACHCOMPANIONS) $(SMALL) --begin $(WORK)/context-fast-2 -o $(WORK)/context-fast
	$(FIT) --most-false-flags 4 --encoder $(WORK)/static-int8 --context $(WORK)/context-fast --name fast \
	  -o artifacts/fast

clean: ## remove what is made and can be made again
	rm -rf build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
