"""Write the survey from the cards: sections, introduction, synthesis and gaps, each claim checked."""

from agent.cli.step import command_of

command = command_of("draft")
