"""A model from a hub, into the hub library's own cache. HF_HUB_OFFLINE is respected."""

import os
from collections.abc import Callable
from pathlib import Path

from sims.models.catalogue import CONFIG, ModelError
from sims.models.inspect import read_config

WANTED = ["*.json", "*.safetensors", "*.jinja", "merges.txt", "vocab.txt", "tokenizer.model"]


def download(name: str, tell: Callable[[str], None] = lambda sentence: None) -> Path:
    """The folder of model `name` (`owner/model`), fetched unless it is there. Raises ModelError.

    Only what is read comes along: no pickled weights and no code. The config comes first, a few
    hundred bytes: what is not a model that we read is refused before the rest.
    """
    from huggingface_hub import hf_hub_download, snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError, RepositoryNotFoundError

    try:
        read_config(Path(hf_hub_download(name, CONFIG)).parent)
        tell(f"fetching {name}")
        return Path(snapshot_download(name, allow_patterns=WANTED))
    except ModelError as error:
        raise ModelError(f"the model {name} cannot be used: {error}") from error
    except RepositoryNotFoundError:
        raise ModelError(f"the hub has no model {name} that is open to you.") from None
    except LocalEntryNotFoundError:
        raise ModelError(_not_here(name)) from None
    except (OSError, ValueError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ModelError(f"the model {name} could not be fetched: {reason}") from error


def _not_here(name: str) -> str:
    if os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on"):
        why = "HF_HUB_OFFLINE forbids to ask the hub for it"
    else:
        why = "the hub cannot be reached"
    return (
        f"there is no directory {name}, the model is not in the hub's cache on this machine, "
        f"and {why}: give a directory, or try again with a network."
    )
