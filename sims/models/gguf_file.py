"""The weights of a GGUF file, as a directory that `transformers` reads as any other.

GGUF is the format of llama.cpp; its weights may be quantised, and are written as float32 here.
"""

import contextlib
import importlib
import io
import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_model

from sims.models.catalogue import CONFIG, Entry, ModelError
from sims.models.quiet import quietly

WEIGHTS, GENERATION, ABOUT = "model.safetensors", "generation_config.json", "practicum.json"


def convert(file: Path, entry: Entry, folder: Path) -> None:
    """Write config, weights, tokenizer and where they are from into `folder`. Raises ModelError.

    The number of weights is checked, that all are finite, and one known answer.
    """
    try:  # what `transformers` reads the format with
        importlib.import_module("accelerate")
        importlib.import_module("gguf")
    except ImportError as error:
        raise ModelError(f"the package {error.name} is missing: install it.") from None
    with quietly(), contextlib.redirect_stderr(io.StringIO()):  # a progress bar of the reader's
        network, tokenizer = _read(file)
        _check(network, tokenizer, entry)
        save_model(network, str(folder / WEIGHTS), metadata={"format": "pt"})
        (folder / WEIGHTS).chmod(0o644)  # it is written for its owner alone
        tokenizer.save_pretrained(folder)
    _write_json(folder / CONFIG, _config(network))
    special = {"bos_token_id": network.config.bos_token_id, "eos_token_id": list(entry.ends)}
    _write_json(folder / GENERATION, special)
    about = {name: getattr(entry, name) for name in ("name", "licence", "source", "sha256")}
    _write_json(folder / ABOUT, about)


def _read(file: Path) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    where: dict[str, Any] = {"gguf_file": file.name, "trust_remote_code": False}
    where["local_files_only"] = True
    plain = GgufConfig(dequantize=True)
    try:
        network = AutoModelForCausalLM.from_pretrained(
            file.parent, dtype=torch.float32, quantization_config=plain, **where
        )
        return network.eval(), AutoTokenizer.from_pretrained(file.parent, **where)
    except Exception as error:  # the library raises what the format's reader raises
        raise ModelError(f"{file.name} is not a GGUF file that can be read.") from error


def _config(network: Any) -> dict[str, Any]:
    """The config of the same network in float32, without where it was read from."""
    found = json.loads(network.config.to_json_string(use_diff=False))
    for name in ("quantization_config", "_name_or_path"):
        found.pop(name, None)
    return found | {"architectures": [type(network).__name__], "dtype": "float32"}


def _check(network: Any, tokenizer: Any, entry: Entry) -> None:
    count = sum(weight.numel() for weight in network.parameters())
    if count != entry.num_weights:
        raise ModelError(
            f"{entry.file} has {count:,} weights, but {entry.name} has {entry.num_weights:,}: "
            "it is another model."
        )
    if not all(bool(weight.isfinite().all()) for weight in network.parameters()):
        raise ModelError(f"{entry.file} has weights that are not finite: it is damaged.")
    text, wanted = entry.probe
    with torch.no_grad():
        logits = network(torch.tensor([tokenizer(text).input_ids])).logits[0, -1]
    said = tokenizer.decode([int(logits.argmax())])
    if said != wanted:
        raise ModelError(
            f"{entry.name} goes on with '{said}' after '{text}', and not with '{wanted}': "
            "it was not read rightly."
        )


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
