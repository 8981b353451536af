"""The survey as one page that needs nothing but itself: no address is fetched, and no script runs but its own."""

import base64
import hashlib

from markupsafe import Markup, escape

from agent.render import counted
from agent.render.asked import LEFT_OPEN
from agent.render.edition import Edition
from agent.render.escape import clean
from agent.render.figures import bars, columns, facet_tags, heat_maps, tree
from agent.render.printed import BY_HAND, SIGNS
from agent.render.references import references
from agent.render.typeset import fill, part


def to_html(edition: Edition) -> str:
    """survey.html."""
    style, script = part("page.css"), part("page.js")
    branches, listed = tree(edition), references(edition)
    return fill(
        "survey.html.j2",
        html,
        edition=edition,
        survey=edition.survey,
        protocol=edition.survey.protocol,
        report=edition.survey.report,
        counted=counted,
        style=Markup(style),
        script=Markup(script),
        policy=policy(style, script),
        tree=branches,
        bars=bars(branches),
        heat_maps=heat_maps(edition, branches),
        facets=facet_tags(edition),
        columns=columns(edition),
        references=listed,
        has_unverified=edition.has_unverified or any(fact.quote is None for one in listed for fact in one.facts),
        tags=paper_tags(edition),
        signs=SIGNS,
        by_hand=BY_HAND,
        left_open=LEFT_OPEN,
    )


def html(text: str) -> str:
    """For the page's text and for its attributes, which are all in double quotes."""
    return str(escape(clean(text)))


def policy(style: str, script: str) -> Markup:
    """What a browser may load and run for the page: the style and the script that are in it, named by their hashes."""
    return Markup(
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def paper_tags(edition: Edition) -> dict[str, str]:
    """By key, what the filters of the table of papers know a paper by."""
    survey = edition.survey
    places = {id_: f"c{index}" for index, id_ in enumerate(dict.fromkeys(survey.taxonomy.ids))}
    facets = facet_tags(edition)
    tags = {}
    for paper in survey.corpus:
        own, top = survey.category(paper.key), survey.top(paper.key)
        mine = [places[place.id] for place in (top, own) if place]
        for facet, codes in facets:
            mine += [codes[code] for code in survey.codes(paper.key, facet) or ("",) if code in codes]
        mine.append("uncited" if paper.key in edition.uncited else "cited")
        tags[paper.key] = " ".join(dict.fromkeys(mine))
    return tags
