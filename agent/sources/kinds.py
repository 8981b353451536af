"""Tells what a paragraph of a dump is by what it is like: an abstract, a line that may be a title, page furniture."""

import re
from enum import StrEnum

from agent.sentences import sentences
from agent.sources.identifiers import find_arxiv, find_doi
from agent.sources.paragraphs import Paragraph
from agent.sources.people import is_names
from agent.sources.wrapping import is_title_case


class Kind(StrEnum):
    """What a paragraph can be; the words are shown as the reason why it was skipped."""

    ABSTRACT = "a paragraph like an abstract"
    SENTENCE = "a sentence that is neither a title nor an abstract"
    LINE = "a line that no abstract follows"
    NAMES = "names that belong to no paper"
    IDENTIFIER = "an address or number that belongs to no paper"
    DATE = "a date"
    LABELLED = "a labelled line that belongs to no paper"
    CALL = "page furniture: an invitation or a button"
    BYLINE = "page furniture: a byline"
    COUNT = "page furniture: a number or a mark"
    NOTICE = "page furniture: a notice to the reader of the page"


FURNITURE = frozenset({Kind.DATE, Kind.CALL, Kind.BYLINE, Kind.COUNT, Kind.NOTICE})

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = re.compile(
    rf"\b(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}(?!\w)|{_MONTH}\s+\d{{4}}\b)"
    r"|\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b|\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b"
    r"|\b\d+\s+(?:second|minute|hour|day|week|month|year)s?\s+ago\b|^(?:yesterday|today)$",
    re.IGNORECASE,
)
_JOURNAL_LINE = re.compile(r"\b(?:19|20)\d\d\b[^;]{0,20};\s*\w+(?:\s*\([^)]*\))?:\s*\w")
_BYLINE = re.compile(
    r"by[A-Z]|(?:(?:submitted|posted|published|curated|written|shared|compiled|maintained|uploaded|added|edited|sent)\s+)?"
    r"by\s+\S|(?:submitted|posted|curated|shared|uploaded)\s+by$",
)
_BUTTONS = re.compile(
    r"(?:un)?subscribe(?: now)?|sign ?(?:up|in|out)|log ?(?:in|out)|register|share|tweet|save|cite|bookmark|upvotes?"
    r"|follow|like|reply|comments?|read (?:more|paper)|(?:show|load|see|view) (?:more|all|less|pdf)|learn more"
    r"|next(?: page)?|previous|back(?: to top)?|home|menu|search|about(?: us)?|contact(?: us)?|help|faq"
    r"|privacy(?: policy)?|terms(?: of (?:service|use))?|tos|pdf|html|bibtex|download(?: pdf)?|new|trending|hot|top"
    r"|latest|popular|paper page|arxiv page|github|code|models?|datasets?|spaces|docs|pricing|jobs|company|blog|website"
    r"|all|abs(?:tract)?|open access|full text(?: links)?|view (?:pdf|html|paper)(?: html \(experimental\))?"
    r"|project page|loading\W*",
    re.IGNORECASE,
)
_CALL_VERB = re.compile(
    r"(?:get|join|subscribe|sign|log|register|follow|download|click|read|see|view|try|visit|check|stay|receive|never"
    r"|don't|enter|create|share|support|become|discover|explore|browse|submit|upload|install|start|want|please|skip"
    r"|jump|go)\b",
    re.IGNORECASE,
)
_PAGE_WORD = re.compile(
    r"\b(?:e-?mails?|inbox|newsletters?|subscri\w+|unsubscribe|sign(?:ed)?[ -]?(?:up|in)|log(?:ged)?[ -]?in|account"
    r"|cookies?|privacy policy|terms of (?:service|use)|all rights reserved|copyright|©|click(?: here)?|here|website"
    r"|this (?:site|page)|browser|javascript|free|today|once a (?:day|week)|daily|weekly|digest|updates?|welcome"
    r"|twitter|discord|slack|linkedin|youtube|app|us|our|your?|you['’](?:ll|re|ve)|this week['’]?s?|issue|content"
    r"|navigation|menu|search|preferences)\b",
    re.IGNORECASE,
)
_READER = re.compile(
    r"\b(?:you|your|you['’](?:ll|re|ve)|welcome|subscribe|unsubscribe|cookies|all rights reserved)\b", re.IGNORECASE
)
_LONGEST_LINE = 1000
"""More characters are no button and no date, however few the words."""
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def kind_of(paragraph: Paragraph) -> Kind:
    """What the paragraph is, looked at by itself."""
    text = paragraph.text
    if paragraph.label:
        return Kind.ABSTRACT if paragraph.label == "abstract" and text else Kind.LABELLED
    n_words = count_words(text)
    if n_words < 60 and len(text) < _LONGEST_LINE and (kind := _short_kind(text, n_words)):
        return kind
    if is_names(text):
        return Kind.NAMES
    n_sentences = len(sentences(text)) + len(re.findall("[。！？]", text))
    is_prose = text[-1] in ".!?。！？" and not is_title_case(text)
    if n_words >= 60 or (n_sentences >= 2 and (n_words >= 30 or (is_prose and n_words >= 20))):
        return Kind.NOTICE if _is_notice(text, n_words) else Kind.ABSTRACT
    if n_words >= 10 and is_prose:
        return Kind.NOTICE if _is_notice(text, n_words) else Kind.SENTENCE
    return Kind.LINE


def _short_kind(text: str, n_words: float) -> Kind | None:
    """What a short text is that cannot be a title; None where it may be one."""
    if not re.search(r"[^\W\d_]{2}", text):
        return Kind.COUNT
    if _BUTTONS.fullmatch(text.strip(" .!·|")) or re.fullmatch(r"[·•|]?\s*\+?[\d.,]+[kKmM]?\s+\w+(?:\s+\w+)?", text):
        return Kind.CALL
    if _CALL_VERB.match(text) and n_words < 25 and _PAGE_WORD.search(text):
        return Kind.CALL
    if _BYLINE.match(text) and n_words <= 12:
        return Kind.BYLINE
    if n_words <= 12 and _DATE.search(text) and count_words(_DATE.sub("", text)) <= 4:
        return Kind.DATE
    named = re.sub(
        r"https?://\S+|\bdoi:\s*\S+|\barxiv:\s*\S+|\[[^\]]*\]|\([^)]*\)|10\.\d{4,9}/\S+", "", text, flags=re.IGNORECASE
    )
    if named != text and count_words(named) <= 3 and (find_doi(text) or find_arxiv(text) or "://" in text):
        return Kind.IDENTIFIER
    if _JOURNAL_LINE.search(text) and n_words < 40:
        return Kind.IDENTIFIER
    if re.match(r"\W*(?:©|\(c\)|copyright\b|all rights reserved)", text, re.IGNORECASE):
        return Kind.NOTICE
    return None


def _is_notice(text: str, n_words: float) -> bool:
    """Speaks to the reader of a page, not of research."""
    told = {match.group().lower() for match in _PAGE_WORD.finditer(text)}
    return n_words < 200 and bool(_READER.search(text)) and len(told) >= max(2, n_words / 25)


def count_words(text: str) -> float:
    """Words; where a script has no blanks, two characters count as one."""
    return len(re.findall(r"[^\W_]+(?:['’.-][^\W_]+)*", _CJK.sub(" ", text))) + len(_CJK.findall(text)) / 2
