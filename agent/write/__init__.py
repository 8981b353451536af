"""From cards to a draft: the parts of sections, their openings, and the texts over all sections."""

from agent.write.amend import Amendment, amend_parts, amendment_of, remembered
from agent.write.cut import NOT_SENT, Plan, plan
from agent.write.edits import with_sentences_by_hand
from agent.write.parts import gives_way, stands, write_parts
from agent.write.revise import Revision, Survey, revise_texts
from agent.write.sections import (
    assemble,
    needs_opening,
    opening_keys,
    opening_revision,
    overview_inputs,
    overview_keys,
    overview_revision,
    write_openings,
    write_overview,
)

__all__ = [
    "NOT_SENT",
    "Amendment",
    "Plan",
    "Revision",
    "Survey",
    "amend_parts",
    "amendment_of",
    "assemble",
    "gives_way",
    "needs_opening",
    "opening_keys",
    "opening_revision",
    "overview_inputs",
    "overview_keys",
    "overview_revision",
    "plan",
    "remembered",
    "revise_texts",
    "stands",
    "with_sentences_by_hand",
    "write_openings",
    "write_overview",
    "write_parts",
]
