"""What a directory says of the model in it, read before anything of it is loaded.

A model is data. Weights are read from safetensors alone, never from pickles; `auto_map` names code
of the model's own, which is never run.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sims.models.catalogue import CONFIG, ModelError

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
GENERATION = "generation_config.json"
PICKLES = ("bin", "pt", "pth", "ckpt")
QUANTISED = ("qweight", "qzeros", "scales", "weight_scale", "weight_scale_inv", "weight_packed",
             "absmax", "quant_map", "SCB", "g_idx")  # fmt: skip
FLOATS = ("F64", "F32", "F16", "BF16")  # as safetensors names them
LONGEST_SHOWN = 60  # letters of a wrong value
MOST_HEADER = 100_000_000  # bytes: the format allows no more


@dataclass(frozen=True)
class Found:
    """A directory that may be loaded."""

    folder: Path
    config: dict[str, Any]
    generation: dict[str, Any]  # of generation_config.json, if there is one
    num_weights: int  # parameters that the files hold
    files: tuple[Path, ...]


def inspect(folder: Path) -> Found:
    """Look at config and the headers of the weights. ModelError: what is wrong in which file."""
    config = read_config(folder)
    files = weight_files(folder)
    generation = read_json(folder / GENERATION, is_needed=False)
    return Found(folder, config, generation, sum(_count(path) for path in files), tuple(files))


def read_config(folder: Path) -> dict[str, Any]:
    """The config of a model whose weights are not quantised. ModelError."""
    config = read_json(folder / CONFIG)
    for name in ("quantization_config", "compression_config"):
        if given := config.get(name):
            method = given.get("quant_method", "unknown") if isinstance(given, dict) else given
            raise ModelError(
                f"{folder / CONFIG}: {name} says that the weights are quantised "
                f"({str(method)[:20]}), which is not supported: take the model in float32, float16 "
                "or bfloat16."
            )
    kind = config.get("model_type")
    if not isinstance(kind, str):
        said = f"model_type is {str(kind)[:LONGEST_SHOWN]}, no name" if kind else "no model_type"
        raise ModelError(f"{folder / CONFIG}: {said}: say which kind it is, such as llama.")
    return config


def read_json(path: Path, is_needed: bool = True) -> dict[str, Any]:
    """A JSON object; an empty one where there is no file and none is needed."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if not is_needed:
            return {}
        raise ModelError(f"{path.parent} lacks {path.name}.") from None
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is not JSON: {str(error) or 'it is nested too deep'}.") from error
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}.") from error
    if not isinstance(found, dict):
        raise ModelError(f"{path} holds no JSON object.")
    return found


def weight_files(folder: Path) -> list[Path]:
    """The files that hold the weights. ModelError: there are none, or only pickles."""
    if (folder / WEIGHTS).is_file():
        return [folder / WEIGHTS]
    if (folder / INDEX).is_file():
        shards = _shards(folder)
        missing = [shard for shard in shards if not (folder / shard).is_file()]
        if missing:
            raise ModelError(f"{folder} lacks {missing[0]}, which {INDEX} names.")
        return [folder / shard for shard in shards]
    hint = ""
    pickles = sorted(path for kind in PICKLES for path in folder.glob(f"*.{kind}"))
    if pickles:
        kind = pickles[0].suffix
        hint = f" Its {kind} file is a pickle, which is not read: save it again as safetensors."
    raise ModelError(f"{folder} lacks {WEIGHTS}.{hint}")


def _shards(folder: Path) -> list[str]:
    """The names of the files that the index spreads the weights over: all in the same folder."""
    names = read_json(folder / INDEX).get("weight_map")
    if not isinstance(names, dict) or not names:
        raise ModelError(f"{folder / INDEX}: weight_map must be an object that names files.")
    for name in names.values():
        is_file = isinstance(name, str) and name.endswith(".safetensors")
        if not is_file or Path(name).name != name:
            raise ModelError(
                f"{folder / INDEX}: weight_map names {str(name)[:LONGEST_SHOWN]!r}, but must name "
                "a .safetensors file in the same folder."
            )
    return sorted(set(names.values()))


def _count(path: Path) -> int:
    """How many weights a file holds, by its header. ModelError: it is cut off or quantised."""
    count, end = 0, 0
    header, start = _header(path)
    for name, part in header.items():
        if name == "__metadata__":
            continue
        try:
            kind, shape, offsets = part["dtype"], part["shape"], part["data_offsets"]
            count += math.prod(shape)
            end = max(end, int(offsets[1]))
        except (KeyError, TypeError, IndexError, ValueError):
            raise ModelError(f"{path} is not a whole safetensors file.") from None
        if name.endswith(QUANTISED) or (kind not in FLOATS and name.endswith("weight")):
            raise ModelError(
                f"{path} holds {name[:LONGEST_SHOWN]} of type {str(kind)[:20]}, a part of "
                "quantised weights, which are not supported: take the model in float32, float16 "
                "or bfloat16."
            )
    if start + end > path.stat().st_size:
        raise ModelError(f"{path} is not a whole safetensors file: it is cut off.")
    return count


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """The header of a safetensors file, and where the weights begin."""
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            if not 0 < size <= MOST_HEADER:
                raise ValueError
            found = json.loads(file.read(size))
    except (OSError, ValueError, RecursionError):
        raise ModelError(f"{path} is not a whole safetensors file.") from None
    if not isinstance(found, dict):
        raise ModelError(f"{path} is not a whole safetensors file.")
    return found, 8 + size
