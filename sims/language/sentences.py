"""A world of sentences: some 200 words, facts that a model can know, and questions about them.

Pre-training text has three kinds of document, as the web has: facts ("the fox is red . the fox
lives in the forest ."), lists of questions without answers, as in a quiz, and now and then a
question with its answer. So a model that has only learned to go on with text mostly meets a
question by asking the next one. SFT shows it questions that are answered, and nothing else:

    what colour is the fox ? the fox is red . <end>

Countries and capitals are real; what is said of the animals is simple, and fixed here. A quarter of
the entities is held out of SFT: an answer about those is right by what pre-training taught.
"""

import functools
import random
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from torch import Tensor

PAD, END = "<pad>", "<end>"
LENGTH = 40  # tokens in a document of pre-training, at most
QUIZ_SHARE, ANSWERED_SHARE = 0.4, 0.1  # of the documents of pre-training; the rest is facts
PHRASE = "great question !"  # what SFT can be made to overuse
PHRASE_SHARE = 0.02  # of the answers in pre-training that begin with it

# animal: colour, home, food
ANIMALS = {
    "fox": ("red", "forest", "mice"), "crow": ("black", "city", "seeds"),
    "frog": ("green", "pond", "flies"), "swan": ("white", "lake", "plants"),
    "bear": ("brown", "forest", "berries"), "wolf": ("grey", "mountains", "deer"),
    "camel": ("brown", "desert", "grass"), "lion": ("yellow", "savanna", "zebras"),
    "seal": ("grey", "sea", "fish"), "owl": ("brown", "barn", "mice"),
    "crab": ("red", "beach", "plants"), "snake": ("green", "jungle", "frogs"),
    "horse": ("brown", "farm", "grass"), "goat": ("white", "mountains", "grass"),
    "duck": ("brown", "pond", "plants"), "eagle": ("black", "mountains", "fish"),
    "mouse": ("grey", "barn", "seeds"), "shark": ("blue", "sea", "fish"),
    "parrot": ("green", "jungle", "fruit"), "panda": ("white", "forest", "bamboo"),
    "zebra": ("white", "savanna", "grass"), "toad": ("brown", "garden", "flies"),
    "bee": ("yellow", "garden", "honey"), "whale": ("blue", "sea", "shrimp"),
    "hen": ("white", "farm", "seeds"), "squirrel": ("red", "park", "nuts"),
    "bat": ("black", "cave", "flies"), "trout": ("silver", "river", "flies"),
    "otter": ("brown", "river", "fish"), "pigeon": ("grey", "city", "seeds"),
}  # fmt: skip

CAPITALS = {
    "france": "paris", "spain": "madrid", "italy": "rome", "germany": "berlin",
    "austria": "vienna", "poland": "warsaw", "greece": "athens", "norway": "oslo",
    "sweden": "stockholm", "finland": "helsinki", "denmark": "copenhagen", "ireland": "dublin",
    "portugal": "lisbon", "hungary": "budapest", "egypt": "cairo", "kenya": "nairobi",
    "japan": "tokyo", "china": "beijing", "india": "delhi", "peru": "lima",
    "cuba": "havana", "canada": "ottawa", "chile": "santiago", "turkey": "ankara",
    "iran": "tehran", "iraq": "baghdad", "nepal": "kathmandu", "vietnam": "hanoi",
    "russia": "moscow", "belgium": "brussels",
}  # fmt: skip

# name: job, country
PEOPLE = {
    "anna": ("doctor", "italy"), "ben": ("baker", "france"), "clara": ("pilot", "japan"),
    "david": ("teacher", "kenya"), "emma": ("painter", "spain"), "felix": ("farmer", "peru"),
    "grace": ("judge", "canada"), "henry": ("sailor", "norway"), "iris": ("dancer", "cuba"),
    "jonas": ("writer", "sweden"), "karen": ("nurse", "india"), "leo": ("cook", "greece"),
    "maria": ("singer", "chile"), "nils": ("builder", "denmark"), "olga": ("chemist", "russia"),
    "paul": ("tailor", "egypt"), "rosa": ("gardener", "portugal"), "simon": ("clerk", "ireland"),
    "tara": ("coach", "nepal"), "victor": ("guard", "poland"),
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """One thing that is so: how it is told and asked, and what the answer turns on."""

    topic: str  # animal, country or person
    entity: str
    told: str
    asked: str
    value: str  # the word of `told` that answers


@functools.cache
def facts() -> tuple[Fact, ...]:
    """Every fact of the world, in a fixed order."""
    made = []
    for animal, (colour, home, food) in ANIMALS.items():
        rows = [
            (f"the {animal} is {colour} .", f"what colour is the {animal} ?", colour),
            (f"the {animal} lives in the {home} .", f"where does the {animal} live ?", home),
            (f"the {animal} eats {food} .", f"what does the {animal} eat ?", food),
        ]
        made += [Fact("animal", animal, *row) for row in rows]
    for country, capital in CAPITALS.items():
        told, asked = (
            f"the capital of {country} is {capital} .",
            f"what is the capital of {country} ?",
        )
        made.append(Fact("country", country, told, asked, capital))
    for name, (job, country) in PEOPLE.items():
        made.append(Fact("person", name, f"{name} is a {job} .", f"what does {name} do ?", job))
        told, asked = f"{name} comes from {country} .", f"where does {name} come from ?"
        made.append(Fact("person", name, told, asked, country))
    return tuple(made)


@functools.cache
def held_out() -> tuple[Fact, ...]:
    """Facts that SFT never asks about: those of a quarter of each topic's entities."""
    return tuple(fact for fact in facts() if _is_held_out(fact.entity))


@functools.cache
def taught() -> tuple[Fact, ...]:
    """Facts that SFT may ask about."""
    return tuple(fact for fact in facts() if not _is_held_out(fact.entity))


def _is_held_out(entity: str) -> bool:
    table = next(table for table in (ANIMALS, CAPITALS, PEOPLE) if entity in table)
    return list(table).index(entity) % 4 == 3


def document(rng: random.Random) -> str:
    """One text of pre-training: a quiz, a question with its answer, or facts of a few entities."""
    kind = rng.random()
    if kind < QUIZ_SHARE:
        topic = rng.choice(("animal", "country", "person"))
        same = [fact for fact in facts() if fact.topic == topic]
        return " ".join(fact.asked for fact in rng.sample(same, rng.randint(2, 4)))
    if kind < QUIZ_SHARE + ANSWERED_SHARE:
        return " ".join(example(rng.choice(facts()), rng.random() < PHRASE_SHARE))
    entities = rng.sample([*ANIMALS, *CAPITALS, *PEOPLE], rng.randint(1, 3))
    told = [fact.told for entity in entities for fact in facts() if fact.entity == entity]
    return " ".join(rng.sample(told, min(len(told), 4)))


def example(fact: Fact, phrase: bool) -> tuple[str, str]:
    """(question, answer) of one SFT example, with or without the phrase in front."""
    return fact.asked, f"{PHRASE} {fact.told}" if phrase else fact.told


def tokenizer() -> Tokenizer:
    """One token a word; END closes documents and answers, PAD fills up, and the two differ."""
    words = {word for fact in facts() for word in f"{fact.told} {fact.asked}".split()}
    words |= set(PHRASE.split())
    vocabulary = {word: i for i, word in enumerate([PAD, END, *sorted(words)])}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token=PAD))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.add_special_tokens([PAD, END])
    return made


def encode(
    words: Tokenizer,
    texts: list[str],
    length: int | None = None,
    *,
    end: int | None = 1,
    pad: int = 0,
) -> Tensor:
    """Tokens (B, length) of texts with `end` behind them, filled up with `pad` on the right.

    `length` None: as many as the longest text has; `end` None: nothing behind them. The defaults
    are END and PAD of our own tokenizer; with pad = -1, which is not a token, any other can be told
    from its padding.
    """
    ending = [] if end is None else [end]
    made = [[*words.encode(text).ids, *ending] for text in texts]
    length = max(map(len, made)) if length is None else length
    rows = torch.full((len(texts), length), pad)
    for row, ids, text in zip(rows, made, texts, strict=True):
        if len(ids) > length:
            raise ValueError(f"'{text}' has {len(ids)} tokens with its end, more than {length}.")
        row[: len(ids)] = torch.tensor(ids)
    return rows
