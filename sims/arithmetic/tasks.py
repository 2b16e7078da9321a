"""Problems with a known answer, and the steps that lead to it, in 17 words.

    sums         3 + 8 + 1 + 4 =          1 2 6 answer 6
    expressions  3 + 8 × 2 - 4 =          6 9 5 answer 5
    additions    4 7 + 8 6 =              1 3 1 3 answer 1 3 3

Sums and expressions count modulo 10: what is behind the last digit's place is dropped, so that
every value is one digit. A step is the value of one operation, in the order in which they are done
(products first). In an addition of whole numbers a step is one column from the right: its carry and
its digit. `size` is the number of digits in a sum or expression, and in each number of an addition.

A tenth of all problems is held out: no document of pre-training and no training prompt has them.
"""

from dataclasses import dataclass

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from torch import Tensor

from sims.nearest import nearest
from sims.spec import SpecError

PAD, END, ANSWER, EQUALS = "<pad>", "<end>", "answer", "="
WORDS = (PAD, END, *"0123456789", "+", "-", "×", EQUALS, ANSWER)
ID = {word: i for i, word in enumerate(WORDS)}
ZERO = ID["0"]  # digit d is token ZERO + d

SIZES = {"sums": (3, 6), "expressions": (2, 4), "additions": (1, 3)}  # least and greatest
LEVELS = 3  # of difficulty: the greatest size, and the two before it
TASKS = tuple(SIZES)
HELD_OUT = 10  # one problem in so many
MORE_ROUNDS = 4  # of drawing, where the first has found too few different problems


@dataclass(frozen=True)
class Problems:
    """P problems of one task and size, as tokens."""

    task: str
    size: int
    prompts: Tensor  # (P, L), "=" last
    steps: Tensor  # (P, S, U): S steps of U tokens each
    answers: Tensor  # (P, A)

    @property
    def num_steps(self) -> int:
        return self.steps.shape[1]

    @property
    def max_tokens(self) -> int:
        """Of a completion with every step, "answer", the answer and END."""
        return self.steps[0].numel() + self.answers.shape[1] + 2

    def repeat(self, times: int) -> "Problems":
        """Each problem `times` times, in a row."""
        parts = (self.prompts, self.steps, self.answers)
        return Problems(self.task, self.size, *(p.repeat_interleave(times, 0) for p in parts))

    def distinct(self) -> "Problems":
        """Each problem once, in the order of its first place."""
        _, which = torch.unique(self.prompts, dim=0, return_inverse=True)
        place = torch.arange(len(which))
        first = torch.full_like(which, len(which)).scatter_reduce(0, which, place, "amin")
        return self.take(first[first < len(which)].sort().values)

    def num_distinct(self) -> int:
        """How many different problems there are."""
        return len(torch.unique(self.prompts, dim=0))

    def joined(self, other: "Problems") -> "Problems":
        """These and others of the same task and size."""
        pairs = zip(
            (self.prompts, self.steps, self.answers),
            (other.prompts, other.steps, other.answers),
            strict=True,
        )
        return Problems(self.task, self.size, *(torch.cat(pair) for pair in pairs))

    def take(self, rows: Tensor | slice) -> "Problems":
        return Problems(
            self.task, self.size, self.prompts[rows], self.steps[rows], self.answers[rows]
        )


def draw(
    task: str, size: int, count: int, generator: torch.Generator, *, held_out: bool = False
) -> Problems:
    """`count` random problems, all held out or none. SpecError on an unknown task or size.

    Held-out problems are different ones, so that `count` of them are `count` trials. Where there
    are fewer in all (11 additions of one digit), each comes as often as any other: `num_distinct`
    of them are the trials that an interval may count.
    """
    check(task, size)
    make = _additions if task == "additions" else _chains
    chance = 1 / HELD_OUT if held_out else 1 - 1 / HELD_OUT
    found = make(task, size, int(count / chance * 1.5) + 64, generator)
    rows = (is_held_out(found.prompts) == held_out).nonzero()[:, 0]
    if held_out:
        found = found.take(rows).distinct()
        for _ in range(MORE_ROUNDS):
            if len(found.prompts) >= count:
                break
            more = make(task, size, int(count / chance * 1.5) + 64, generator)
            found = found.joined(more.take(is_held_out(more.prompts))).distinct()
        rows = torch.arange(len(found.prompts))
    while len(rows) < count:  # hardly ever, and where there are few problems at all
        rows = torch.cat([rows, rows])
    return found.take(rows[:count])


def check(task: str, size: int) -> None:
    """SpecError, one sentence, if there is no such task or size."""
    if task not in SIZES:
        raise SpecError(f"there is no task '{task}'. {nearest(task, sorted(TASKS))}")
    low, high = SIZES[task]
    if not low <= size <= high:
        raise SpecError(f"{task} have a size from {low} to {high}, not {size}.")


def size_of(task: str, difficulty: int) -> int:
    """The size of a task's problems at difficulty 1 (easy) to 3 (hard)."""
    if task not in SIZES:
        raise SpecError(f"there is no task '{task}'. {nearest(task, sorted(TASKS))}")
    return SIZES[task][1] - LEVELS + difficulty


def num_steps_of(task: str, size: int) -> int:
    """Steps of a full solution."""
    return size if task == "additions" else size - 1


def is_held_out(prompts: Tensor) -> Tensor:
    """(P,) bool, by a checksum in which every token and its place counts."""
    weights = torch.arange(prompts.shape[1]) * 7 + 3
    return (prompts * weights).sum(1) * 31 % 101 % HELD_OUT == 0


def completions(
    problems: Problems,
    num_steps: Tensor,
    steps: Tensor | None = None,
    answers: Tensor | None = None,
) -> Tensor:
    """Tokens (P, max_tokens) of solutions that write the first `num_steps` (P,) steps, then PAD.

    `steps` and `answers` in place of the right ones make solutions with mistakes.
    """
    steps = (problems.steps if steps is None else steps).flatten(1)
    answers = problems.answers if answers is None else answers
    each, length = problems.steps.shape[2], problems.max_tokens
    rows = torch.full((len(steps), length), ID[PAD])
    rows[:, : steps.shape[1]] = steps
    tail = torch.full((len(steps), answers.shape[1] + 2), ID[END])
    tail[:, 0] = ID[ANSWER]
    tail[:, 1:-1] = answers
    place = num_steps[:, None] * each + torch.arange(tail.shape[1])
    rows.scatter_(1, place, tail)
    return rows.masked_fill(torch.arange(length) > place[:, -1:], ID[PAD])


def text(*parts: Tensor) -> str:
    """What tokens say, without END and PAD: "3 + 8 + 1 = 1 2 answer 2"."""
    ids = torch.cat(parts).tolist()
    return " ".join(WORDS[i] for i in ids if i not in (ID[PAD], ID[END]))


def tokenizer() -> Tokenizer:
    """One token a word."""
    made = Tokenizer(models.WordLevel(ID, unk_token=PAD))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.add_special_tokens([PAD, END])
    return made


def _chains(task: str, size: int, count: int, generator: torch.Generator) -> Problems:
    """Digits with operators between them: only + in sums, and all three in expressions."""
    digits = torch.randint(10, (count, size), generator=generator)
    kinds = 3 if task == "expressions" else 1
    operators = torch.randint(kinds, (count, size - 1), generator=generator)  # + - ×
    prompts = torch.empty(count, 2 * size, dtype=torch.int64)
    prompts[:, ::2] = ZERO + digits
    prompts[:, 1:-1:2] = ID["+"] + operators
    prompts[:, -1] = ID[EQUALS]
    values = _evaluated(digits, operators) if kinds == 3 else digits.cumsum(1)[:, 1:] % 10
    return Problems(task, size, prompts, ZERO + values[:, :, None], ZERO + values[:, -1:])


def _evaluated(digits: Tensor, operators: Tensor) -> Tensor:
    """Values (P, N - 1) modulo 10 of each operation, products from the left, then the rest."""
    rows = []
    for numbers, signs in zip(digits.tolist(), operators.tolist(), strict=True):
        values, terms, plus = [], [numbers[0]], []
        for sign, number in zip(signs, numbers[1:], strict=True):
            if sign == 2:
                terms[-1] = terms[-1] * number % 10
                values.append(terms[-1])
            else:
                terms.append(number)
                plus.append(sign == 0)
        total = terms[0]
        for term, is_plus in zip(terms[1:], plus, strict=True):
            total = (total + term if is_plus else total - term) % 10
            values.append(total)
        rows.append(values)
    return torch.tensor(rows)


def _additions(task: str, size: int, count: int, generator: torch.Generator) -> Problems:
    """Two whole numbers of `size` digits each, highest digit first."""
    digits = torch.randint(10, (count, 2, size), generator=generator)
    prompts = torch.empty(count, 2 * size + 2, dtype=torch.int64)
    prompts[:, :size] = ZERO + digits[:, 0]
    prompts[:, size] = ID["+"]
    prompts[:, size + 1 : -1] = ZERO + digits[:, 1]
    prompts[:, -1] = ID[EQUALS]
    carry, columns = torch.zeros(count, dtype=torch.int64), []
    for column in range(size - 1, -1, -1):
        total = digits[:, :, column].sum(1) + carry
        carry = total // 10
        columns.append(torch.stack([carry, total % 10], 1))
    steps = torch.stack(columns, 1)  # (P, N, 2)
    answers = torch.cat([carry[:, None], steps[:, :, 1].flip(1)], 1)
    return Problems(task, size, prompts, ZERO + steps, ZERO + answers)
