"""Orders to a model or to a reviewer, in the languages that papers are written in."""

from agent.suspicion.kinds import Kind
from agent.suspicion.rules import rule

_FEW = r"(?:[\w'’-]{1,20},? ){0,5}?"
"""Up to five words in between."""
_THIS = r"(?:this|the (?:above|present|following)) (?:paper|abstract|article|study|work|document|manuscript|submission)"
_THIS_WORDS = ",".join(
    f"{this} {work}"
    for this in ("this", "the above", "the present", "the following")
    for work in ("paper", "abstract", "article", "study", "work", "document", "manuscript", "submission")
)
_MODEL = (
    r"(?:an? |the |any |all )?(?:(?:artificial intelligence|ai|llms?|(?:large )?language[ -]model|automated|machine)s?)"
)

_ENGLISH = (
    rule(
        Kind.ORDER,
        "ignor,disregard,forget,overrid,bypass,not follow,not obey",
        r"(?:ignor(?:e|ing)|disregard(?:ing)?|forget|overrid(?:e|ing)|bypass|(?:do|must|should) not (?:follow|obey)) "
        rf"{_FEW}(?:previous|prior|above|preceding|earlier|existing|all|any|your|system|other|these|those) {_FEW}"
        r"(?:instructions?|prompts?|directives?|directions|commands?|guidelines|guidance|orders|rules|programming|messages?)\b",
    ),
    rule(
        Kind.ORDER,
        "ignore,disregard,forget",
        r"(?:ignore|disregard|forget) (?:(?:everything|anything|all|what) (?:\w{1,15} ){0,4}?(?:above|before|told|said|"
        r"earlier|so far|previously)|(?:all of )?(?:the )?(?:above|preceding|previous|foregoing)"
        r"(?: and\b|[.,:;]| \w{1,15} (?:and|instead)\b))",
        is_imperative=True,
    ),
    rule(
        Kind.ORDER,
        "your ",
        r"your (?:(?:system|developer|hidden|original|initial|internal|previous|earlier|own) )?"
        r"(?:instructions?|prompts?|programming|guidelines|directives)\b",
    ),
    rule(
        Kind.ORDER,
        "original prompt,developer instructions,initial prompt,hidden prompt",
        r"(?:original|initial|hidden) prompt (?:below|above|verbatim)|developer instructions\b",
    ),
    rule(
        Kind.ORDER,
        _THIS_WORDS,
        r"(?:correct|right|true|only|best) (?:category|label|class|verdict|answer|classification) (?:for|of) "
        rf"{_THIS} is\b",
    ),
    rule(
        Kind.ORDER,
        "as a,as the",
        rf"as {_MODEL}(?: (?:language )?(?:model|assistant|reader|reviewer|system|agent|tool))?,? "
        r"(?:reading \w{1,10} \w{1,15},? )?(?:you|i|please|output|respond|answer|write|classify)\b",
    ),
    rule(
        Kind.ORDER,
        "if you,you are",
        rf"(?:if you are|since you are|because you are|you are) {_MODEL}(?: |,|\.)",
    ),
    rule(
        Kind.ORDER,
        "you must,you should,you shall,you have to,you need to,you will,you are,you may only,you can only,you now",
        r"you (?:must|should|shall|have to|need to|will|now|may only|can only|are (?:now )?"
        r"(?:required|instructed|ordered|asked|to))(?: to)?(?: now| always| only| never| not| instead)?"
        r" (?:classif|categori[sz]e|output|respond|answer|reply|say|rate\b|accept|recommend|label|assign|mark\b|judge|"
        r"write|cite|return|print|repeat|ignor|act\b|pretend|obey|choose|select|include|summari[sz]e|state\b|give\b)",
    ),
    rule(Kind.ORDER, "you are now", r"you are now (?:an?|in|the|free|dan|acting|operating)\b"),
    rule(
        Kind.ORDER,
        "from now on",
        r"from now on,? (?:please|you|your|act|always|only|answer|respond|output|treat|all)\b",
    ),
    rule(
        Kind.ORDER,
        "only,exactly,solely,nothing but",
        r"(?:output|respond|answer|reply|return|print|say) (?:[\w'’]{1,12} ){0,2}"
        r"(?:only|exactly|solely|nothing but)\b",
        is_imperative=True,
    ),
    rule(
        Kind.ORDER,
        _THIS_WORDS,
        rf"(?:classify|categori[sz]e|label|rate|rank|mark|include|place|put|file|"
        rf"cite|summari[sz]e|assign) {_THIS}\b",
        is_imperative=True,
    ),
    rule(
        Kind.ORDER,
        _THIS_WORDS,
        rf"{_THIS} (?:must|should|has to|is to|shall) (?:always |only )?be (?:classified|categori[sz]ed|cited|rated|"
        r"accepted|included|placed|ranked|labell?ed|judged|summari[sz]ed|marked)\b",
    ),
    rule(
        Kind.ORDER,
        _THIS_WORDS,
        r"(?:when|while|before|after) (?:you )?(?:classify|review|screen|summari[sz]e|cite|grad|judg|rat|process|card)"
        rf"(?:e|ing|ying)? {_THIS}\b",
    ),
    rule(
        Kind.ORDER,
        "system prompt,your prompt,your instructions,your system,all above,text above,your initial,your hidden",
        r"(?:reveal|repeat|print|copy|output|show|leak|disclose|reproduce|quote|write (?:out|down))(?:s|ing)? "
        rf"{_FEW}(?:system prompt|your (?:(?:system|initial|hidden) )?(?:prompt|instructions)|(?:all|text) above)\b",
    ),
    rule(
        Kind.ORDER,
        "instruction",
        r"(?:new|updated|revised|real|actual|hidden|secret|important|urgent|system|admin(?:istrator)?) "
        r"(?:system )?instructions?(?: (?:for|to) [\w ]{1,40})? ?:",
    ),
    rule(
        Kind.ORDER,
        "llm,language model,language-model, ai ,ai:, ais,automated,machine,artificial intelligence",
        r"(?:note|message|notice|attention|instructions?|important|warning|dear|hey|hello)(?: to| for)?[,:]? "
        rf"{_MODEL}(?: (?:language )?(?:models?|assistants?|readers?|reviewers?|systems?|agents?|tools?|screeners?|"
        r"judges?|summari[sz]ers?|classifiers?)){0,2} ?[:,!—]",
        is_imperative=True,
    ),
    rule(
        Kind.ORDER,
        "your",
        r"your (?:new|only|real|true|sole|actual|next|first|updated) (?:task|role|job|goal|objective|purpose|mission)"
        r" ?(?:is|:)",
    ),
    rule(
        Kind.ORDER,
        "do not,don't,never",
        r"(?:do not|don['’]t|never) (?:cite|mention|reveal|tell|disclose|flag|reject|summari[sz]e|classify|"
        r"quote|trust) ",
        is_imperative=True,
    ),
    rule(
        Kind.ORDER,
        "pretend,act as,imagine you",
        r"(?:pretend (?:to be|that|you)|act as (?:an?|if|though|the)|imagine (?:that )?you are) ",
        is_imperative=True,
    ),
    rule(
        Kind.ORDER,
        "supported",
        r"(?:verdict|judge|mark|rate|rule|declare)\w{0,4} (?:\w{1,12} ){0,4}?[\"'“‘`]?(?:un)?supported[\"'”’`]?"
        r"(?= (?:for|regardless|without|no matter|whatever)|[.!]?$)",
    ),
    rule(
        Kind.PRAISE,
        "review,evaluation,assessment,recommendation,rating",
        r"(?:give|write|provide|produce|generate|leave)s? "
        r"(?:this paper |it |us )?(?:only )?(?:an? )?(?:\w{1,15}(?:ly)? ){0,2}?(?:positive|favou?rable|glowing|"
        r"enthusiastic|excellent) (?:peer[ -])?(?:review|evaluation|assessment|recommendation|rating)s?"
        r"(?= only|[.!,]|$| of this| for this)",
        is_imperative=True,
    ),
    rule(
        Kind.PRAISE,
        "recommend,accept",
        rf"(?:(?:(?:strong(?:ly)?|always) )?recommend (?:accepting|acceptance|to accept|publication|an? accept)"
        rf"|\brecommend (?:accepting|acceptance of|publication of) {_THIS}|(?:strong(?:ly)?|always) accept\b"
        rf"|accept {_THIS})",
        is_imperative=True,
    ),
    rule(
        Kind.PRAISE,
        "not highlight,not mention,not list,not raise,not include,not point",
        r"(?:do|must|should) not (?:highlight|mention|list|raise|include|point out) (?:any |its |the )?(?:negatives?|"
        r"weakness(?:es)?|flaws?|criticisms?|shortcomings|limitations of this)\b",
    ),
)

_GERMAN = (
    rule(
        Kind.ORDER,
        "ignorier,missacht,vergiss,vergessen sie,befolge nicht,beachte nicht",
        r"(?:ignorier(?:e|en|t)|missachte[nt]?|vergiss|vergessen sie|befolge nicht|beachte nicht) "
        rf"{_FEW}(?:an)?(?:weisung|instruktion|befehl|vorgabe|anleitung|regel)(?:en|n|e)?\b",
    ),
    rule(
        Kind.ORDER,
        "vergiss alles,ignorier,vergessen sie alles",
        r"(?:vergiss|vergessen sie|ignoriere(?:n sie)?) alles,? "
        r"(?:\w{1,15} ){0,2}?(?:vorher|bisher|oben|zuvor|davor|obige)",
    ),
    rule(
        Kind.ORDER,
        "du ,sie m",
        r"(?:du (?:musst|sollst|solltest|darfst|bist (?:jetzt|nun|ab sofort|eine?))|sie müssen (?:nun|jetzt|diese\w?) "
        r"(?:\w{1,20} ){0,4}(?:einordnen|antworten|ausgeben|bewerten))\b",
    ),
    rule(
        Kind.ORDER,
        "antworte,gib,schreib,ordne,bewerte,stufe,klassifizier,nenne",
        r"(?:antworte|gib|schreibe?|ordne|bewerte|stufe|klassifiziere|nenne)(?:n sie|t)? (?:[\w„“\"]{1,20} )"
        r"{0,2}(?:nur|ausschließlich|diese[nrs]? (?:artikel|arbeit|paper|studie|aufsatz|beitrag|text))\b",
        is_imperative=True,
    ),
    rule(
        Kind.ORDER,
        "als ",
        r"als (?:ki|sprachmodell|künstliche intelligenz)[\w-]{0,20},? (?:musst|sollst|bist|darfst)\b",
    ),
)

_FRENCH = (
    rule(
        Kind.ORDER,
        "ignore,oublie,néglige,pas compte,abstraction",
        r"(?:ignore[rz]?|oublie[rz]?|néglige[rz]?|ne (?:tiens|tenez) pas compte|fai(?:s|tes) abstraction) "
        r"(?:[\w'’-]{1,20} ){0,5}?(?:[dl]['’])?(?:instructions?|consignes?|directives?|ordres?)\b",
    ),
    rule(Kind.ORDER, "qui précède", r"(?:oublie[rz]?|ignore[rz]?) (?:tout )?ce qui précède"),
    rule(
        Kind.ORDER,
        "tu dois,vous devez,tu es,vous êtes",
        r"(?:tu dois|vous devez|tu es|vous êtes) (?:\w{1,15} ){0,2}?(?:classer|répondre|désormais|maintenant|noter|"
        r"accepter|une? (?:ia|assistant|modèle)|écrire|recommander|citer)\b",
    ),
    rule(
        Kind.ORDER,
        "en tant qu",
        r"en tant qu(?:e |['’])(?:une? )?(?:ia|intelligence artificielle|modèle de langage|modèle de langue|assistant)"
        r"[\w ]{0,20},? (?:tu|vous|je)\b",
    ),
    rule(
        Kind.ORDER,
        "uniquement,seulement,cet article,cette étude,rien d",
        r"(?:réponds|répondez|écris|écrivez|classe|classez|donne|donnez|affiche|affichez|note|notez) "
        r"(?:[\w'’]{1,15} ){0,3}?(?:uniquement|seulement|cet article|cette étude|rien d['’]autre)\b",
        is_imperative=True,
    ),
)

_SPANISH = (
    rule(
        Kind.ORDER,
        "ignor,olvid,caso omiso,no sigas",
        r"(?:ignor(?:a|e|en|ar)|olvid(?:a|e|en|ar)|ha(?:z|ga|gan) caso omiso|no sigas?) "
        rf"{_FEW}(?:instrucci(?:ones|ón)|indicaciones|órdenes|directrices|consignas|instruções|comandos)\b",
    ),
    rule(Kind.ORDER, "lo anterior", r"(?:ignor|olvid)(?:a|e|en) (?:todo )?lo anterior"),
    rule(
        Kind.ORDER,
        "debes,tienes que,eres ",
        r"(?:debes|tienes que|eres) (?:\w{1,15} ){0,2}?(?:clasificar|responder|ahora|puntuar|aceptar|recomendar|"
        r"escribir|citar|un (?:asistente|modelo))\b",
    ),
    rule(
        Kind.ORDER,
        "solo,sólo,únicamente,solamente,este artículo,este estudio",
        r"(?:responde|responda|clasifica|clasifique|escribe|escriba|devuelve|devuelva|califica|califique) "
        r"(?:[\w'’]{1,15} ){0,3}?(?:solo|sólo|únicamente|solamente|este artículo|este estudio)\b",
        is_imperative=True,
    ),
)

_OTHERS = (
    rule(
        Kind.ORDER,
        "ignor",
        rf"ignor(?:e|a|are|ar|ate) {_FEW}(?:istruzioni|instruções|comandi|comandos)\b",
    ),
    rule(
        Kind.ORDER,
        "игнорир,забуд,не следуй",
        rf"(?:игнорируй(?:те)?|проигнорируй(?:те)?|забудь(?:те)?|не следуй(?:те)?) {_FEW}(?:инструкци|указани|команд)",
    ),
)

_CHINESE = (
    rule(
        Kind.ORDER,
        "忽略,无视,忽視,無視,忘记,忘記,不要理会,不要遵循",
        r"(?:忽略|无视|忽視|無視|忘记|忘記|不要理会|不要遵循)(?:掉|你)?[^。！？\n]{0,8}"
        r"(?:之前|以上|上述|前面|先前|此前|所有|一切|全部|原有|系统|你)[^。！？\n]{0,8}(?:指令|指示|提示|命令|说明|說明|规则|規則)"
        r"|(?:忽略|无视|忽視|忘记|忘記)(?:掉)?(?:以上|上述|上面|之前|前面)(?:的)?(?:内容|內容|一切|所有)[，,。]",
    ),
    rule(Kind.ORDER, "你", r"你(?:必须|必須|应该|应当|現在是|现在是|只能|只需|务必)"),
    rule(Kind.ORDER, "只,仅", r"(?:请|請|^|[。！？：\n])(?:只|仅)(?:需)?(?:输出|輸出|回答|返回|回复|回覆)"),
    rule(Kind.ORDER, "作为", r"作为(?:一个|一名)?(?:ai|人工智能|语言模型|大模型|大语言模型)[^。]{0,8}[你您请]"),
    rule(
        Kind.ORDER,
        "本文,此文,论文,文章,研究",
        r"(?:请|务必|必须)(?:将|把)(?:本文|此文|[该这本]篇?(?:论文|文章|研究))[^。]{0,6}(?:归类|归入|分类|归为|评为|标为|标记)",
    ),
    rule(Kind.PRAISE, "评", r"(?:只|仅|请)(?:能)?(?:给出|给予|写)(?:正面|积极|肯定)(?:的)?(?:评价|评审|评论|意见)"),
    rule(Kind.ORDER, "無視,无视", r"(?:指示|命令|指令|プロンプト)(?:を|は)[^。\n]{0,8}無視"),
)

ORDERS = (*_ENGLISH, *_GERMAN, *_FRENCH, *_SPANISH, *_OTHERS, *_CHINESE)
