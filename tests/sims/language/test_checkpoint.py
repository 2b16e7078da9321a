"""Our tiny models on disk: the `transformers` library reads what is saved, and so do we."""

from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer

from sims.language.checkpoint import load, save
from sims.language.transformer import Config, Transformer
from tests.sims.models.conftest import SHARED, save_model

torch.set_num_threads(1)

WORDS = ["<pad>", "<end>", "to", "be", "or", "not"]
TOKENS = torch.tensor([[2, 3, 4, 5, 2, 3]])


def words() -> Tokenizer:
    made = Tokenizer(models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="<pad>"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return made


@pytest.mark.parametrize(
    "shape",
    [{"bos": 1, "eos": 1, "pad": 0}, {"hidden": 40, "activation": "gelu", "is_tied": False}],
)
def test_what_we_save_the_library_loads(tmp_path: Path, shape: dict[str, Any]) -> None:
    config = Config(len(WORDS), 12, width=16, num_layers=2, num_heads=4, **shape)
    model = Transformer.fresh(config, 3)
    save(model, words(), tmp_path)
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path)
    with torch.no_grad():
        theirs_said = theirs(input_ids=TOKENS).logits
        torch.testing.assert_close(model.logits(TOKENS), theirs_said, atol=1e-6, rtol=1e-5)
    read = AutoTokenizer.from_pretrained(tmp_path)
    assert read("to be or not to be").input_ids == TOKENS[0].tolist()
    if config.eos is not None:
        assert (read.eos_token, read.pad_token) == ("<end>", "<pad>")
    again, tokenizer = load(tmp_path)
    assert again.config == config
    assert tokenizer.get_vocab() == words().get_vocab()
    for name, weight in model.weights.items():
        assert torch.equal(again.weights[name], weight)


def test_a_model_that_is_not_ours_is_not_read_here(tmp_path: Path) -> None:
    save_model(tmp_path, "llama", **SHARED)
    with pytest.raises(ValueError, match="holds no model of ours"):
        load(tmp_path)
