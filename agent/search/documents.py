"""What of a paper the index holds, and in which fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tantivy import Document, Index, Schema, SchemaBuilder

from agent.papers import Corpus, digest_of
from agent.review import Card, Taxonomy
from agent.search.words import analyzer_of_spaced, read, spaced, tied_words

KEY = "key"
FIELDS = {"title": 2.0, "abstract": 1.0, "card": 0.5}
"""What a word counts in each. A title is its authors' own choice of words; a card mostly repeats the abstract."""
PAPER_FIELDS = ("title", "abstract")
"""Those that hold the paper's own words."""
_TOKENIZER = "words"


@dataclass(frozen=True, slots=True)
class Entry:
    """The texts under which a paper is found."""

    key: str
    title: str
    abstract: str
    card: str

    @property
    def digest(self) -> str:
        return digest_of([self.title, self.abstract, self.card])


def entries_of(corpus: Corpus, cards: Mapping[str, Card], taxonomy: Taxonomy | None) -> Iterator[Entry]:
    """One for each paper; of a paper without a card its title and abstract alone."""
    names = category_names(taxonomy)
    for paper in corpus:
        said = card_lines(cards.get(paper.key), names)
        yield Entry(paper.key, paper.title or "", paper.abstract or "", "\n".join(said))


def card_lines(card: Card | None, names: Mapping[str, str]) -> list[str]:
    """What a card adds to its paper's own words: the name of its category, its facts and its codes.

    Definitions are left out: they also say what does not belong, and are the same for many papers.
    """
    if card is None:
        return []
    lines = [names.get(card.category, ""), *card.facts.values()]
    for codes in card.facets.values():
        lines += [codes] if isinstance(codes, str) else codes or ()
    return [line for line in lines if line]


def category_names(taxonomy: Taxonomy | None) -> dict[str, str]:
    """For each category its name, with that of the one above it."""
    walked = taxonomy.walk() if taxonomy else ()
    return {one.id: one.name if one is top else f"{one.name}, {top.name}" for one, top in walked}


def _schema() -> Schema:
    fields = SchemaBuilder().add_text_field(KEY, stored=True, tokenizer_name="raw", index_option="basic")
    for name in FIELDS:
        fields = fields.add_text_field(name, tokenizer_name=_TOKENIZER, index_option="position")
    return fields.build()


SCHEMA = _schema()


def bare_index(path: str | None) -> Index:
    """The index that stands in this folder, or an empty one; in memory without a folder.

    ValueError where what stands there is none.
    """
    index = Index(SCHEMA, path)
    index.register_tokenizer(_TOKENIZER, analyzer_of_spaced())
    index.config_reader("manual")
    return index


def document(entry: Entry) -> Document:
    """The entry as the engine takes it in, its words parted as `bare_index` expects them."""
    made = Document()
    made.add_text(KEY, entry.key)
    for name in FIELDS:
        text: str = getattr(entry, name)
        if text:
            reading = read(text).text
            made.add_text(name, spaced(reading))
            if compounds := tied_words(reading):
                # Apart from the text, so that no phrase runs from one into the other.
                made.add_text(name, spaced(compounds))
    return made
