"""Makes one paper of all that sources say of it, taking the fullest values, whatever order they come in."""

from collections.abc import Iterable, Sequence

from agent.corpus.works import is_preprint
from agent.papers import Paper, Place, Record, digest_of

_MORE_AUTHORS = "more authors"
"""In `extra` where a source ends its authors with `and others` or `et al.`"""


def merge_records(records: Sequence[Record], places: Iterable[Place], *, first: Record | None = None) -> Paper:
    """One paper of these records, without its key.

    The leading record is a published one before a preprint, then the one that says most, then the one with the
    longer abstract; what it lacks the next one gives. So year, venue and DOI are of one version wherever it names
    them. Of abstracts the longest is taken, of author lists the one with most people, and a title in capitals only
    where there is no other. What differs in `extra` is taken from the record that leads. `first` leads before all.
    """
    ranked = sorted(records, key=_rank)
    if first:
        ranked = [first, *ranked]
    titles = [record.title for record in ranked if record.title]
    abstracts = [record.abstract for record in ranked if record.abstract]
    abstract = max(abstracts, key=len, default=None)
    extra: dict[str, str] = {}
    for record in ranked:
        for name, value in sorted(record.extra.items()):
            extra.setdefault(name, value)
    # Of the longest lists a complete one leads; whether there are more is a word on the list that was taken.
    named = max(ranked, key=lambda record: (len(record.authors), _MORE_AUTHORS not in record.extra))
    if _MORE_AUTHORS not in named.extra:
        extra.pop(_MORE_AUTHORS, None)
    doi = next((record.doi for record in ranked if record.doi), None)
    others = sorted({record.doi for record in ranked if record.doi} - {doi})
    if others:
        extra["other dois"] = "; ".join(others)
    return Paper(
        key="",
        title=next((title for title in titles if not title.isupper()), titles[0] if titles else None),
        authors=named.authors,
        year=next((record.year for record in ranked if record.year), None),
        venue=next((record.venue for record in ranked if record.venue), None),
        doi=doi,
        arxiv=next((record.arxiv for record in ranked if record.arxiv), None),
        url=next((record.url for record in ranked if record.url), None),
        abstract=abstract,
        basis="abstract" if abstract else "title",
        sources=tuple(sorted(set(places), key=lambda place: (place.file, place.position))),
        extra=dict(sorted(extra.items())),
    )


def as_record(paper: Paper) -> Record:
    """What a paper of an earlier corpus says, as one more record of it."""
    told = paper.model_dump(include={"title", "abstract", "year", "venue", "doi", "arxiv", "url", "extra"})
    return Record(place=paper.sources[0], authors=paper.authors, **told)


def _rank(record: Record) -> tuple[bool, int, int, str, str, int]:
    """Smaller leads; the last parts settle what equals in all else."""
    told = (record.title, record.authors, record.year, record.venue, record.doi, record.url, record.arxiv)
    content = digest_of(record.model_dump(mode="json", exclude={"place"}))
    n_told = sum(1 for value in told if value)
    place = record.place
    return is_preprint(record), -n_told, -len(record.abstract or ""), content, place.file, place.position
