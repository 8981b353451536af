"""Give every paper its card: category, facets and facts, each with a verbatim quote."""

from agent.cli.step import command_of

command = command_of("classify")
