"""What looks like the machinery around a text: turns of a chat, tags that would end it, an answer in our own fields."""

from agent.suspicion.kinds import Kind
from agent.suspicion.rules import rule

_FIELDS = (
    "category|also|confidence|facets?|facts?|verdicts?|not_bearing|claims?|citations?|quotes?|paragraphs|rows|"
    "repairs|replacement|threads|opening|categories"
)

MARKUP = (
    rule(Kind.TURN, "<|,<｜", r"<[|｜][^<>|｜\n]{1,40}[|｜]>"),
    rule(
        Kind.TURN,
        "inst],sys>>,[system,[user,[assistant,system_prompt]",
        r"\[/?(?:inst|system(?:_prompt)?|assistant|user)\]|</?sys>>",
    ),
    rule(
        Kind.TURN,
        "<,&lt;",
        r"(?:<|&lt;) ?/?(?:system|assistant|instructions?|prompt|im_start|im_end|start_of_turn|end_of_turn|"
        r"tool_calls?|tool_response|function_calls?|function_results|system[-_](?:prompt|message|reminder))(?:>|&gt;)",
    ),
    rule(
        Kind.TURN,
        "#",
        r"#{2,6} ?(?:system|instructions?|assistant|user|human|response|new task)"
        r"(?: (?:prompt|message|instructions?))? ?(?::|\n|$)",
    ),
    rule(
        Kind.TURN,
        "human:,user:,human :,user :",
        r"(?:human|user) ?: [^\n]{0,300}?\n?\b(?:assistant|ai|system|model) ?: ",
    ),
    rule(
        Kind.TURN,
        "system:,system :,assistant:,assistant :,prompt:,message:,note:,override:,alert:,update:",
        r"(?:^|(?<=\n)|(?<=[.!?…\"”)\]>] ))(?:system|assistant)(?: (?:prompt|message|note|override|alert|update))?"
        r" ?: (?=[\w\"“])",
    ),
    rule(Kind.TURN, "role", r"[\"'“]role[\"'”] ?: ?[\"'“](?:system|user|assistant|developer)"),
    rule(Kind.TAG, "<,&lt;", r"(?:<|&lt;) ?/? ?[a-z]{2,20} ?- ?[0-9a-f]{6,64}\b(?:[^<>&\n]{0,80}(?:>|&gt;))?"),
    rule(
        Kind.TAG,
        "</,< /,&lt;/",
        r"(?:<|&lt;) ?/ ?(?:papers?|claims?|facts?|proposals?|documents?|data|context|inputs?|untrusted|abstracts? ?-)"
        r"[^<>&\n]{0,30}(?:>|&gt;)",
    ),
    rule(
        Kind.TAG,
        "end of,end paper,end abstract,end data,end document",
        r"[-=*#\[({<]{2,10} ?end (?:of )?(?:the )?(?:paper|abstract|document|data|input|text|untrusted|user|corpus)",
    ),
    rule(
        Kind.ANSWER,
        "\":,” :,”:,’:,':,`:,\" :,' :",
        rf"\\?[\"'“‘`](?:{_FIELDS})\\?[\"'”’`] ?: ?(?:\\?[\"'“\[{{]|[01][.,}}\d ]|true|false|null)",
    ),
)
