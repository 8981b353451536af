"""Finds the category of one paper, from the taxonomy's words and the paper's own alone."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.extractive.definitions import concepts, is_left_over
from agent.extractive.words import features, paper_features, parts, stem
from agent.papers import Paper
from agent.review import Category, Taxonomy

DEFINITION_SHARE = 0.3
"""How much of a profile is the definition where there are terms too."""
CLOSE = 0.8
"""A category is nearly as right where it fits at least this part as well as the best."""
NARROWER = 0.5
"""A child is taken where it fits at least this part as well as its parent."""
TEMPERATURE = 0.03
"""Makes the shares of the scores agree with how often the best category is the right one."""
EXAMPLE_CONFIDENCE = 0.95
TERMS_SCALE = 2.2
"""The length that 40 ranked terms have on the average; shorter lists stay shorter, since they tell less."""


@dataclass(frozen=True)
class Profiles:
    """A taxonomy made ready: for each stem the categories that it speaks for, and how much."""

    ids: tuple[str, ...]
    weights: Mapping[str, tuple[tuple[int, float], ...]]

    names: Mapping[str, str]
    """How the taxonomy spells a stem."""

    def telling(self, stems: Sequence[str], place: int, most: int = 3) -> list[str]:
        """The words of a paper that spoke most for this category."""
        said = {
            stemmed: (1 + math.log(n)) * weight
            for stemmed, n in Counter(stems).items()
            for other, weight in self.weights.get(stemmed, ())
            if other == place
        }
        best = sorted(said, key=lambda stemmed: (-said[stemmed], stemmed))[:most]
        return [self.names.get(stemmed, stemmed) for stemmed in best]

    def scores(self, stems: Sequence[str]) -> list[float]:
        """How well each category fits these words: a cosine but for the profiles' lengths."""
        found = [0.0] * len(self.ids)
        square = 0.0
        for stemmed, n in sorted(Counter(stems).items()):
            count = 1 + math.log(n)
            square += count * count
            for place, weight in self.weights.get(stemmed, ()):
                found[place] += count * weight
        length = math.sqrt(square) or 1.0
        return [score / length for score in found]


def profiles_of(categories: Sequence[Category]) -> Profiles:
    """The profiles of categories that compete with one another."""
    n_defined = Counter(stemmed for one in categories for stemmed in {s for c in concepts(one) for s in c})
    by_stem: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, category in enumerate(categories):
        for stemmed, weight in sorted(_profile(category, n_defined, len(categories)).items()):
            by_stem[stemmed].append((place, weight))
    return Profiles(
        tuple(one.id for one in categories),
        {stemmed: tuple(found) for stemmed, found in by_stem.items()},
        _names(categories),
    )


def _names(categories: Sequence[Category]) -> dict[str, str]:
    names: dict[str, str] = {}
    for category in categories:
        for text in (*category.terms, category.name, category.definition):
            for word in parts(text):
                names.setdefault(stem(word), word)
    return names


def _profile(category: Category, n_defined: Counter[str], n_categories: int) -> dict[str, float]:
    defined: defaultdict[str, float] = defaultdict(float)
    for concept in concepts(category):
        rarity = {stemmed: math.log((n_categories + 1) / n_defined[stemmed]) for stemmed in sorted(set(concept))}
        length = math.sqrt(sum(value * value for value in rarity.values())) or 1.0
        for stemmed, value in rarity.items():
            defined[stemmed] += value / length
    length = math.sqrt(sum(value * value for value in defined.values())) or 1.0
    share = DEFINITION_SHARE if category.terms else 1.0
    profile = {stemmed: share * value / length for stemmed, value in defined.items()}
    for stemmed, weight in _ranked(category.terms).items():
        profile[stemmed] = profile.get(stemmed, 0.0) + (1 - share) * weight / TERMS_SCALE
    return profile


def _ranked(terms: Sequence[str]) -> dict[str, float]:
    """Weights by rank alone, the first word's the greatest; a phrase gives its weight to its words."""
    weights: dict[str, float] = {}
    for rank, term in enumerate(terms):
        stems = list(dict.fromkeys(features(term)))
        for stemmed in stems:
            weights[stemmed] = weights.get(stemmed, 0.0) + 1 / math.sqrt(rank + 3) / len(stems)
    return weights


@dataclass(frozen=True)
class Choice:
    """The category of a paper, and how sure that is."""

    category: str
    also: tuple[str, ...]
    confidence: float
    why: str


class Chooser:
    """A taxonomy made ready for many papers; what it says of one depends on that paper and the taxonomy alone."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._tops = taxonomy.categories
        self._profiles = profiles_of(taxonomy.categories)
        self._inner = {top.id: profiles_of(top.children) for top in taxonomy.categories if top.children}
        self._names = {category.id: category.name for category, _ in taxonomy.walk()}
        self._left_over = next((place for place, top in enumerate(self._tops) if is_left_over(top)), 0)
        self._examples = {
            example.casefold(): category.id for category, _ in taxonomy.walk() for example in category.examples
        }

    def choose(self, paper: Paper) -> Choice:
        """The category that fits best; a paper that the taxonomy names as an example is where it says."""
        named = self._examples.get(paper.key.casefold()) or self._examples.get((paper.title or "").casefold())
        if named:
            return Choice(
                named, (), EXAMPLE_CONFIDENCE, f"The taxonomy names it as an example of {self._names[named]}."
            )
        stems = paper_features(paper)
        scores = self._profiles.scores(stems)
        order = sorted(range(len(scores)), key=lambda place: (-round(scores[place], 9), place))
        if scores[order[0]] <= 0:
            category = self._tops[self._left_over].id
            return Choice(category, (), 1 / (1 + len(scores)), "None of its words marks a category.")
        best, *others = order
        near = [place for place in others[:2] if scores[place] >= CLOSE * scores[best]]
        return Choice(
            category=self._narrowed(best, stems, scores[best]),
            also=tuple(self._narrowed(place, stems, scores[place]) for place in near),
            confidence=_confidence(scores, best),
            why=self._why(stems, best, others[:1], scores),
        )

    def _narrowed(self, place: int, stems: Sequence[str], score: float) -> str:
        """The child of this category that fits, or the category itself."""
        top = self._tops[place]
        if not top.children:
            return top.id
        inner = self._inner[top.id].scores(stems)
        child = max(range(len(inner)), key=lambda one: (round(inner[one], 9), -one))
        return top.children[child].id if inner[child] >= NARROWER * score else top.id

    def _why(self, stems: Sequence[str], best: int, following: Sequence[int], scores: Sequence[float]) -> str:
        words = ", ".join(self._profiles.telling(stems, best))
        why = f"Its words {words} mark {self._tops[best].name}"
        for place in following:
            if scores[place] > 0:
                other = ", ".join(self._profiles.telling(stems, place))
                why += f"; {other} would speak for {self._tops[place].name}"
        return why + "."


def _confidence(scores: Sequence[float], best: int) -> float:
    shares = [math.exp((score - scores[best]) / TEMPERATURE) for score in scores]
    return round(1 / sum(shares), 3)
