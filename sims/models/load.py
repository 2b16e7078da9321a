"""Any causal language model that the `transformers` library knows, from a directory.

`python -m sims.models.load NAME` tries one and says on stderr what is wrong with it. Never code of
the model's own, never pickled weights; a weight that is missing is an error, not a random number.
"""

import functools
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from sims.models.catalogue import CONFIG, ModelError, local_folder
from sims.models.hub import download
from sims.models.inspect import Found, inspect
from sims.models.memory import check_room
from sims.models.pretrained import UNLIMITED, Pretrained, Shape
from sims.models.quiet import quietly
from sims.models.settings import check_dtype, check_sizes, fault, first_line
from sims.nearest import nearest

SAFE: dict[str, Any] = {"trust_remote_code": False, "local_files_only": True}
DTYPES = ("float32", "bfloat16", "float16")
LENGTHS = ("max_position_embeddings", "n_positions", "max_seq_len", "n_ctx", "max_sequence_length")


def load(name: str | Path) -> Pretrained:
    """The model of a directory, hub id or short name; read once in a process. Raises ModelError."""
    device, dtype = os.environ.get("PRACTICUM_DEVICE", ""), os.environ.get("PRACTICUM_DTYPE", "")
    return _load(str(local_folder(name) or download(str(name))), device, dtype)


@functools.cache
def _load(name: str, device_name: str, dtype_name: str) -> Pretrained:
    device = _device(device_name)
    dtype = _dtype(dtype_name, device)
    found = inspect(Path(name))
    _check_kind(found)
    if device.type == "cpu":
        check_room(found.num_weights, found.num_weights * dtype.itemsize, found.folder)
    with quietly():
        network, tokenizer = _network(found, dtype).to(device), _tokenizer(found.folder)
    size = network.get_input_embeddings().weight.shape[0]
    if len(tokenizer) > size:
        raise ModelError(
            f"{found.folder}: the tokenizer has {len(tokenizer)} tokens, but the model knows "
            f"{size}: this is another model's tokenizer."
        )
    model = Pretrained(network, tokenizer, _shape(found, network, tokenizer, size))
    check_causal(model, found.folder)
    return model


def check_causal(model: Pretrained, where: Path) -> None:
    """ModelError for a model that looks ahead (an encoder): no text can be sampled from it."""
    size = model.config.vocab_size
    pair = torch.tensor([[size // 2, size // 3], [size // 2, size // 4]])
    with torch.inference_mode():
        first, second = model.logits(pair)[:, 0]
    if not bool(first.isfinite().all()):
        raise ModelError(f"{where}: the logits are not finite: take the model in float32.")
    if not torch.allclose(first, second, rtol=1e-2, atol=1e-2):
        raise ModelError(
            f"{where}: the model looks at tokens that come later, as an encoder does: take one "
            "that writes from left to right."
        )


def _check_kind(found: Found) -> None:
    from transformers import CONFIG_MAPPING, __version__
    from transformers.models.auto import configuration_auto, modeling_auto

    known_kinds: Any = vars(configuration_auto)["CONFIG_MAPPING_NAMES"]
    causal: Any = vars(modeling_auto)["MODEL_FOR_CAUSAL_LM_MAPPING_NAMES"]
    kind, where = found.config["model_type"], found.folder / CONFIG
    if kind not in known_kinds:
        shown = kind[:60]
        code = found.config.get("auto_map")
        why = " Its auto_map names code of its own, which is never run." if code else ""
        near = "" if code else f" {nearest(shown, sorted(causal))}"
        raise ModelError(
            f"{where}: model_type is '{shown}', which transformers {__version__} does not know."
            f"{why}{near[:200]}"
        )
    makers = found.config.get("architectures") or [causal.get(kind, "")]
    makers = makers if isinstance(makers, list) else [makers]
    named = [[one] if isinstance(one, str) else one for one in causal.values()]
    known = {name for names in named for name in names}
    if kind not in causal or not known & {str(maker) for maker in makers}:
        raise ModelError(
            f"{where}: {str(makers[0] or kind)[:60]} is not a causal language model (an encoder, "
            "perhaps): take one that writes from left to right."
        )
    check_sizes(found.folder, found.config, CONFIG_MAPPING[kind])
    check_dtype(found.folder, found.config)


def _network(found: Found, dtype: torch.dtype) -> Any:
    from transformers import AutoModelForCausalLM

    try:
        answer: Any = AutoModelForCausalLM.from_pretrained(
            found.folder, dtype=dtype, use_safetensors=True, output_loading_info=True,
            ignore_mismatched_sizes=True, **SAFE,
        )  # fmt: skip
        network, report = answer
    except MemoryError:
        raise
    except Exception as error:  # whatever the library makes of values that make no sense
        raise fault(found.folder, error) from error
    if missing := sorted(report["missing_keys"]):
        raise ModelError(f"{found.folder} lacks {missing[0]}, which {CONFIG} asks for.")
    if wrong := sorted(report["mismatched_keys"]):
        name, has, wanted = wrong[0]
        raise ModelError(
            f"{found.folder}: {name} has shape {tuple(has)}, but {CONFIG} asks for {tuple(wanted)}."
        )
    if unread := _unread(report["unexpected_keys"], network):
        raise ModelError(
            f"{found.folder}: {CONFIG} leaves no place for {unread} of its weights, so that the "
            "model would be another: take the config that belongs to them."
        )
    return network.eval()


def _unread(unexpected: Iterable[str], network: Any) -> str:
    """The first weight of a layer that the config does not have, or of an adapter (LoRA).

    Other weights may be more than a language model needs: heads, buffers of older versions.
    """
    layers = {re.sub(r"\d+", "0", name) for name in network.state_dict()}
    return next(
        (
            name
            for name in sorted(unexpected)
            if "lora_" in name or re.sub(r"\d+", "0", name) in layers
        ),
        "",
    )


def _tokenizer(folder: Path) -> Any:
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, **SAFE)
        tokenizer.backend_tokenizer.encode("a")
    except Exception as error:
        said = first_line(error).rstrip(".")
        raise ModelError(f"{folder} has no tokenizer that can be read: {said}.") from error
    return tokenizer


def _shape(found: Found, network: Any, tokenizer: Any, size: int) -> Shape:
    """A model may have several ways to end; `generation_config.json` counts before `config.json`,
    as in the library's `generate`. A PAD that is also an end is left out."""
    inner = network.config.get_text_config()
    ends = _ids(found.generation.get("eos_token_id"), size) or _ids(inner.eos_token_id, size)
    ends = ends or _ids(tokenizer.eos_token_id, size)
    pads = _ids(tokenizer.pad_token_id, size) or _ids(getattr(inner, "pad_token_id", None), size)
    pad = next((one for one in pads if one not in ends), None)
    stated = [getattr(inner, name, None) for name in LENGTHS]
    length = next((one for one in stated if isinstance(one, int) and one > 0), UNLIMITED)
    return Shape(size, length, tuple(ends), pad)


def _ids(value: Any, size: int) -> list[int]:
    """Tokens of the vocabulary; an id outside of it (-1 is in use for "none") can never occur."""
    given = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(i for i in given if isinstance(i, int) and 0 <= i < size))


def _device(name: str) -> torch.device:
    """The device of that name; without one, a GPU if there is any. Raises ModelError."""
    if not name or name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError):
        raise ModelError(
            f"--device {name[:60]}: this machine has no such device; cpu is one."
        ) from (None)
    if device.type == "meta":
        raise ModelError("--device meta computes nothing; cpu does.")
    return device


def _dtype(name: str, device: torch.device) -> torch.dtype:
    """The type of that name; without one float32, on a GPU that is good at it bfloat16."""
    if name and name != "auto":
        if name not in DTYPES:
            raise ModelError(f"--dtype {name[:60]}: there are {', '.join(DTYPES)}.")
        return getattr(torch, name)
    is_fast = device.type == "cuda" and torch.cuda.is_bf16_supported()
    return torch.bfloat16 if is_fast else torch.float32


def main(arguments: list[str]) -> int:
    """Load the model that is named and print its folder; 0, or 2 and a sentence."""
    try:
        folder = local_folder(arguments[0]) or download(arguments[0])
        load(folder)
        print(folder.resolve())
    except ModelError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
