"""Reads a file of questions whose answers are known: JSON lines, a question each."""

import json
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from pydantic import ValidationError

from agent.ask import cleaned
from agent.corpus.works import fold_words
from agent.errors import QuestionError
from agent.folder.files import read_text
from agent.latex import decode_latex
from agent.numbers import plain
from agent.papers import Corpus, Frozen
from agent.protocol import explain
from agent.question import Scope, id_of


class GoldKind(StrEnum):
    """What a question is there to find out."""

    SINGLE = "single"
    """Whether one fact of one paper is found."""
    MULTI = "multi"
    """Whether all papers that an answer needs are brought together."""
    COMPARE = "compare"
    """Whether works are held against each other."""
    TRAP = "trap"
    """Whether what it takes for granted, and the papers contradict, is put right."""
    UNANSWERABLE = "unanswerable"
    """Whether what the papers do not say is left unsaid."""


class GoldQuestion(Frozen):
    """A question with what a right answer to it looks like."""

    kind: GoldKind
    question: str
    papers: tuple[str, ...] = ()
    """Those that a right answer rests on, by key or by title in the file, by key once it is read; none for an
    unanswerable question."""
    answer: str = ""
    """In a person's words, for who looks at a miss; nothing is held against it."""
    must_contain: tuple[str | tuple[str, ...], ...] = ()
    """What the answer has to say, all of it; of an inner list one is enough. Of an unanswerable question it is not
    looked at, for a refusal has words of the program's own."""
    must_not: tuple[str, ...] = ()
    """What it may not say."""

    @property
    def is_answerable(self) -> bool:
        return self.kind is not GoldKind.UNANSWERABLE


def read_questions(path: Path, corpus: Corpus) -> tuple[GoldQuestion, ...]:
    """The questions of a file, their papers by key; QuestionError names the line that is wrong, and what to do."""
    titles = _keys_by_title(corpus)
    known = {alias: paper.key for paper in corpus for alias in (paper.key, *paper.aliases)}
    found: dict[str, GoldQuestion] = {}
    lines: dict[str, int] = {}
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            question = _question(line)
            papers = tuple(known.get(name) or _by_title(name, titles) for name in question.papers)
        except QuestionError as error:
            raise QuestionError(f"{path.name}:{number}: {error}") from error
        name = id_of(question.question.casefold(), Scope())
        if name in found:
            raise QuestionError(f"{path.name}:{number}: line {lines[name]} asks the same; take one of them out")
        found[name], lines[name] = question.model_copy(update={"papers": tuple(dict.fromkeys(papers))}), number
    if not found:
        raise QuestionError(
            f'{path.name} holds no question; write one a line, such as {{"kind": "unanswerable", "question": "..."}}'
        )
    return tuple(found.values())


def _question(line: str) -> GoldQuestion:
    try:
        value = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise QuestionError(f"not JSON ({error}); write one question a line, as an object") from error
    if not isinstance(value, dict):
        raise QuestionError("not a JSON object; write one question a line, as an object")
    try:
        question = GoldQuestion.model_validate(value)
    except ValidationError as error:
        raise QuestionError(_explained(error, value)) from error
    _look_at(question)
    return question.model_copy(update={"question": cleaned(question.question)})


def _explained(error: ValidationError, value: dict[str, object]) -> str:
    first = error.errors()[0]
    if first["loc"] == ("kind",) and first["type"] == "enum":
        return f"there is no kind {value['kind']!r}; there are {', '.join(GoldKind)}"
    if first["loc"][:1] == ("must_contain",):
        return "must_contain should be a list of strings, or of lists of strings of which one is enough"
    return explain(error, GoldQuestion)


def _look_at(question: GoldQuestion) -> None:
    """QuestionError where nothing could be measured by it, or anything would be right."""
    if question.is_answerable:
        for name in ("papers", "must_contain"):
            if not getattr(question, name):
                raise QuestionError(f"{name} is missing; only an unanswerable question has none")
    elif question.papers:
        raise QuestionError("an unanswerable question has no papers; take them out, or give it another kind")
    wanted = [(one,) if isinstance(one, str) else one for one in question.must_contain]
    if not all(wanted):
        raise QuestionError("a list in must_contain is empty; say what it holds, or take it out")
    if any(not plain(words).strip() for words in (*(words for one in wanted for words in one), *question.must_not)):
        raise QuestionError("a string in must_contain or must_not is empty, and would stand in every answer")


def _keys_by_title(corpus: Corpus) -> dict[str, list[str]]:
    """Keys under each title, as it is and as it is compared."""
    keys = defaultdict[str, list[str]](list)
    for paper in corpus:
        for spelling in _spellings(paper.title or ""):
            keys[spelling].append(paper.key)
    return keys


def _by_title(name: str, titles: dict[str, list[str]]) -> str:
    """The paper of this title; spelling, case and LaTeX make no difference where no other is spelled just so."""
    for spelling in _spellings(name):
        keys = titles.get(spelling, [])
        if len(keys) == 1:
            return keys[0]
        if keys:
            raise QuestionError(f"{len(keys)} papers have the title {name!r}; name one by its key: {', '.join(keys)}")
    raise QuestionError(f"no paper has the key or title {name!r}; `conspectus papers` lists them")


def _spellings(title: str) -> Iterable[str]:
    """Marked, so that no title as it is can be another as it is compared."""
    folded = fold_words(decode_latex(title))
    return [f"= {title}", *([f"~ {folded}"] if folded else [])]
