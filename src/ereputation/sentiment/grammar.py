"""The closed classes of French and English the rules work with: negators, intensifiers, connectors. Folded."""

from __future__ import annotations


def listed(words: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(words.split())


NEGATORS = {
    "fr": listed("pas pa jamais jamai jms personne aucun aucune rien sans ni guere nullement non zero"),
    "en": listed(
        "not no never none nobody nothing neither nor cannot without hardly barely dont cant wont isnt doesnt didnt "
        "wasnt werent couldnt shouldnt wouldnt havent hasnt hadnt aint arent zero"
    ),
}
BACKWARD_NEGATORS = frozenset(("pas", "pa", "jamais", "jms", "rien", "guere", "plus", "personne"))
"""They follow the verb they negate: "marche pas"."""
NE = frozenset(("ne", "n'"))
NOT_NEGATING_BEFORE = frozenset(
    ("que", "qu'", "seulement", "only", "just", "merely", "doubt", "matter", "wonder")
)
"""After a negator they lift it: "not only", "pas que"."""

DEGREES = frozenset(("so", "such", "that", "aussi", "autant", "si", "pareil", "pareille"))
"""Between "never" and a word they make a superlative of it."""

LAUGHS = listed("lol lool mdr mdrr ptdr haha hahaha lmao lmfao rofl xd 😂 🤣 😆 😅")

INTENSIFIERS = {
    "fr": {
        "tres": 1.3, "trop": 1.3, "vraiment": 1.25, "hyper": 1.4, "super": 1.3, "ultra": 1.4, "mega": 1.4,
        "tellement": 1.35, "extremement": 1.5, "totalement": 1.35, "completement": 1.35, "absolument": 1.4,
        "carrement": 1.3, "particulierement": 1.25, "si": 1.15, "tout": 1.1, "bien": 1.15, "fort": 1.2,
        "franchement": 1.2, "toujours": 1.1, "encore": 1.15, "incroyablement": 1.4, "enormement": 1.4, "grave": 1.3,
        "vachement": 1.3, "beaucoup": 1.2, "peu": 0.5, "assez": 0.85, "plutot": 0.85, "legerement": 0.6,
        "presque": 0.8, "moins": 0.5,
    },
    "en": {
        "very": 1.3, "really": 1.25, "so": 1.2, "too": 1.2, "extremely": 1.5, "absolutely": 1.4, "totally": 1.35,
        "completely": 1.35, "incredibly": 1.4, "super": 1.3, "highly": 1.3, "truly": 1.25, "such": 1.15, "most": 1.2,
        "more": 1.1, "insanely": 1.4, "ridiculously": 1.3, "freaking": 1.35, "fucking": 1.4, "bloody": 1.3,
        "damn": 1.25, "always": 1.1, "again": 1.1, "quite": 1.05, "pretty": 1.05, "slightly": 0.6, "bit": 0.7,
        "somewhat": 0.7, "fairly": 0.85, "kinda": 0.75, "less": 0.5, "almost": 0.8,
    },
}  # fmt: skip
DOUBLE_AGENTS = frozenset(("super", "bien", "grave", "fort", "hyper"))
"""French words that praise or blame alone and only intensify before another word of the lexicon."""

CONTRASTS = listed(
    "mais cependant pourtant toutefois neanmoins but however yet except heureusement dommage shame pity until finalement"
)
OBJECTIONS = listed("mais but however cependant toutefois neanmoins until par en sauf dommage shame pity")
"""What follows them is meant against what precedes."""
CONTRAST_PAIRS = frozenset(
    (
        ("par", "contre"),
        ("en", "revanche"),
        ("sauf", "que"),
        ("n'", "empeche"),
        ("jusqu'", "a"),
        ("jusqu'", "au"),
        ("turned", "out"),
    )
)
ONCE = frozenset(("avant", "before", "autrefois", "once"))
NOW = frozenset(("maintenant", "mtn", "desormais", "now", "nowadays"))
CONCESSIONS = frozenset(("malgre", "despite", "although", "though"))
CONCESSION_PAIRS = frozenset((("meme", "si"), ("in", "spite"), ("even", "though")))
SCOPE_ENDS = listed(
    "because since who whoever which if when until unless parce car qui puisque quand si , ; :"
)
WANTS = listed(
    "need needs want wanted deserve deserves please should could must try faut faudrait devrait devraient devriez "
    "pourrait pourraient pourriez merite meritent meritons merite veux voulons voudrais"
)
BETTER = listed(
    "better best mieux meilleur meilleure meilleurs meilleures faster cheaper easier improve competent competents"
)
"""Who wants it has not got it: "you need better staff", "on mérite mieux"."""
WAS = listed("etait etaient was were")
THEN = listed("avant autrefois jadis initialement originally initially")
"""Praise of what was then is none of what is now: "c'était bien avant"."""
THEN_PAIRS = frozenset(
    (("at", "first"), ("au", "debut"), ("au", "depart"), ("l'", "epoque"), ("back", "then"), ("used", "to"))
)
UNREAL = listed(
    "would could should if wish serait seraient pourrait pourraient devrait devraient aurait auraient aimerais "
    "aimerait voudrais faudrait wouldn't i'd hope hopefully espere esperons"
)
DESIRES = listed("aimerais aimerait aimerions voudrais voudrait voudrions faudrait wish")
"""What is wished for is missing: "j'aimerais un service efficace"."""
DENIALS = tuple(
    tuple(text.split())
    for text in (
        "on ne peut pas dire",
        "peut pas dire",
        "je ne dirais pas",
        "je dirais pas",
        "je ne pense pas",
        "je pense pas",
        "je ne crois pas",
        "pas sur que",
        "loin d' etre",
        "loin de",
        "n' est pas chez",
        "c' est pas chez",
        "n' est pas avec",
        "c' est pas avec",
        "can't say",
        "cant say",
        "cannot say",
        "wouldn't say",
        "don't think",
        "dont think",
        "not sure",
        "far from",
    )
)
"""They turn over what the rest of the sentence says."""

FALSE_FRIENDS = listed(
    "but pain sale sales chat fin car pour fort four on as or main mine rude lent court fine fines pet rat rats ban "
    "bans fees coin mal die dies cons con sue miss son sort charge charges plus dire tire fire dot dots grave tort "
    "attend attends fond tout mess pie rose mode mince dons moment ton cave file vent large comment note notes rang "
    "sage pose tend tendance offensive cuts short sensible ours pays champion courses cours sept mars part parts "
    "suite prime rest reste unite unites issue issues nice excuses excuse douche douches lies fume fumes dick effective "
    "effectives excel sardine sardines evacuation isolation lame lames hospital prompt gent relief reliefs adverse notable "
    "notables limited romance romances expert experts manipulation surprise surprises offensives elite"
)
"""Words of both languages that mean different things; never looked up in the other lexicon."""

PLACES = listed("nice genes angers limoges gagny gentilly plaisir vif charmes die")
"""Places that are called like words of the lexicons: Nice, Gênes, Angers..."""

BEFORE_PLACES = listed("to in from via near towards at for into through a de d' vers pour depuis par ogc")
AFTER_PLACES = listed("airport aeroport cote station gare")

FRENCH = listed(
    "le la les un une des du de et est en je tu il elle on nous vous ils elles que qui pas ne dans pour sur avec mon "
    "ma mes ton ta son sa ses ce cette ces au aux plus ou mais donc car si tout tous c' j' l' d' n' qu' s' m' t' y "
    "suis sont etre avoir fait tres trop bien quand comme chez sans leur leurs notre votre vos nos depuis encore "
    "toujours apres avant jamais rien merci bonjour par me te se lui moi ici alors aussi entre vers dont afin puis lors cela ca cet "
    "meme ete ont sera peut faut va vont ai personne aucun aucune selon"
)
ENGLISH = listed(
    "the an and is are was were be been am i you he she it we they of to in for on with my your his her its our "
    "their this that these those at by from not no but or so if just have has had do does did don't what when who "
    "how all as me us them can will would there get got up out about than more after before over still why any who because into could should am im i'm it's can't "
    "too very ever never now again only off back need want know really here today some which while were"
)
