"""Prints how often the built-in model's cards agree with the labelled papers.

    python -m tests.bench.labels [--at-least SHARE]

Terms are learnt from all seed papers, without labels; then every labelled paper is classified alone. The same is done
once more under ids that say nothing. The exit code is 1 where that changes a figure, or where the category is right on
a smaller share than was asked for.
"""

import argparse
import json
import random
import sys
from collections.abc import Sequence
from typing import Any

from agent.classify import classify
from agent.corpus import merge
from agent.extractive import Extractive
from agent.induce import learn_terms
from agent.llm.client import Client
from agent.papers import Corpus, Paper
from agent.review import BUILT_IN, Card, Taxonomy, Unanswered
from agent.sources import read
from agent.taxonomy import read_taxonomy
from tests.shared import SHARED

N_SAMPLES = 2000

Label = dict[str, Any]


def main() -> None:
    """Print the figures; exits with a line where the labels are not on this machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--at-least", type=float, default=0.0, metavar="SHARE", help="of papers in the right category")
    at_least: float = parser.parse_args().at_least
    if not SHARED.is_dir():
        sys.exit(f"{SHARED} is missing: there are no labels to compare with")
    corpus = read_corpus()
    labels = [json.loads(line) for line in (SHARED / "dev/labels.jsonl").read_text().splitlines()]
    taxonomy = read_taxonomy((SHARED / "dev/taxonomy.yaml").read_text())
    print(f"{len(corpus)} papers, {len(labels)} of them labelled")
    given = print_figures("as given", taxonomy, corpus, labels)
    under_other_ids = print_figures("ids replaced by c01, c02 ...", *renamed(taxonomy, corpus, labels))
    if given != under_other_ids:
        sys.exit("the ids of the categories had a say: other ids gave other figures")
    if given[0] < at_least:
        sys.exit(f"the category is right on {given[0]:.1%} of the papers, and {at_least:.1%} was asked for")


def read_corpus() -> Corpus:
    """The seed papers, each once."""
    records = [record for path in sorted((SHARED / "seeds").glob("*.txt")) for record in read(path, path.name).records]
    return merge(records).corpus


def renamed(taxonomy: Taxonomy, corpus: Corpus, labels: list[Label]) -> tuple[Taxonomy, Corpus, list[Label]]:
    """Everything as it was, under ids from which no meaning can be read."""
    ids = {id_: f"c{number:02d}" for number, id_ in enumerate(taxonomy.ids, start=1)}
    categories = tuple(top.model_copy(update={"id": ids[top.id]}) for top in taxonomy.categories)
    topics = [label | {name: [ids[one] for one in label[name]] for name in ("topic", "second")} for label in labels]
    return taxonomy.model_copy(update={"categories": categories}), corpus, topics


def print_figures(name: str, taxonomy: Taxonomy, corpus: Corpus, labels: list[Label]) -> Sequence[float]:
    """Print the figures, and give them back: the share of papers in the right category first."""
    cards = classified(taxonomy, corpus, labels)
    right = [card.category in label["topic"] for card, label in zip(cards, labels, strict=True)]
    near = [
        bool({card.category, *card.also} & {*label["topic"], *label["second"]})
        for card, label in zip(cards, labels, strict=True)
    ]
    kinds = [card.facets["contribution"] in label["contribution"] for card, label in zip(cards, labels, strict=True)]
    alike = [_alike(card.facets["modality"], label["modality"]) for card, label in zip(cards, labels, strict=True)]
    low, high = interval(right)
    confidence = mean([card.confidence for card in cards])
    print(f"\n{name}")
    print(f"  category right        {mean(right):6.1%}   (95 % of resamples: {low:.1%} to {high:.1%})")
    print(f"  category or its next  {mean(near):6.1%}")
    print(f"  mean confidence       {confidence:6.1%}")
    print(f"  contribution right    {mean(kinds):6.1%}")
    print(f"  modality, overlap     {mean(alike):6.1%}   (shared codes of all codes named)")
    return mean(right), mean(near), confidence, mean(kinds), mean(alike)


def classified(taxonomy: Taxonomy, corpus: Corpus, labels: list[Label]) -> list[Card]:
    """The cards of the labelled papers, in the order of the labels."""
    client = Client(Extractive(), BUILT_IN)
    marked = learn_terms(taxonomy, corpus, client)
    if isinstance(marked, Unanswered):
        sys.exit(marked.why)
    by_title = {_folded(paper.title): paper for paper in corpus}
    papers: list[Paper] = [by_title[_folded(label["title"])] for label in labels]
    cards, unanswered = classify(papers, marked, client)
    if unanswered:
        sys.exit(unanswered[0].why)
    return cards


def interval(right: list[bool]) -> tuple[float, float]:
    """Between which shares 95 % of samples of the labels, drawn with replacement, fall."""
    draw = random.Random(0)
    shares = sorted(mean(draw.choices(right, k=len(right))) for _ in range(N_SAMPLES))
    return shares[int(0.025 * N_SAMPLES)], shares[int(0.975 * N_SAMPLES)]


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _folded(title: str | None) -> str:
    return " ".join((title or "").lower().split())


def _alike(given: object, wanted: list[str]) -> float:
    codes = set(given) if isinstance(given, tuple | list) else set()
    return len(codes & set(wanted)) / max(1, len(codes | set(wanted)))


if __name__ == "__main__":
    main()
