"""An episode in any Gymnasium environment as a film: the pictures of `render_mode="rgb_array"`.

All pictures of an episode lie in one PNG of 16 colours, in rows of COLUMNS. Flat drawings on one
ground, as those of Gymnasium's classic worlds are, need about 20 kB for 80 pictures so; that is
small enough for a frame.
"""

import base64
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gymnasium
import numpy as np
from gymnasium.error import DependencyNotInstalled
from PIL import Image

COLUMNS = 10  # pictures of a row
HEIGHT = 120  # px of a picture; at most three times as wide
MOST_PICTURES = 80
A_SECOND = 10  # pictures of a second as the environment counts it, about
COLOURS = 16
NUM_FILMS = 4  # of one run: before training, at its end, and between

# pygame draws the pictures. It would greet on the pipe that carries the frames, and a worker has
# neither screen nor sound.
QUIET = {
    "PYGAME_HIDE_SUPPORT_PROMPT": "1",
    "SDL_VIDEODRIVER": "dummy",
    "SDL_AUDIODRIVER": "dummy",
}


def is_due(before: float, now: float) -> bool:
    """Whether a film belongs to the update that brings the share of the run from `before` to
    `now`: to the first, the last, and each that passes another third."""
    return before <= 0 or int(now * (NUM_FILMS - 1)) > int(before * (NUM_FILMS - 1))


def film(policy: Any, env_id: str, seed: int) -> list[Any]:
    """One greedy episode of a registered environment, as far as MOST_PICTURES reach.

    [PNG in base64, width and height of a picture in px, how many, pictures a second, steps of the
    whole episode, its return]; [] where the environment draws nothing, or not on this machine.
    """
    if "rgb_array" not in _modes(env_id):
        return []
    with _quiet():
        return _filmed(policy, env_id, seed)


def _filmed(policy: Any, env_id: str, seed: int) -> list[Any]:
    env = gymnasium.make(env_id, render_mode="rgb_array")
    rate = float(env.metadata.get("render_fps") or 30)
    every = max(1, round(rate / A_SECOND))
    pictures: list[Image.Image] = []
    try:
        seen, total, num_steps, is_over = env.reset(seed=seed)[0], 0.0, 0, False
        while not is_over:
            if num_steps % every == 0 and len(pictures) < MOST_PICTURES:
                pictures.append(_small(env.render()))
            action = int(policy.greedy(np.asarray(seen)[None])[0])
            seen, reward, terminated, truncated, _ = env.step(action)
            total, num_steps = total + float(reward), num_steps + 1
            is_over = terminated or truncated
        if len(pictures) < MOST_PICTURES:
            pictures.append(_small(env.render()))  # how it ended
    except (DependencyNotInstalled, ModuleNotFoundError):
        return []
    finally:
        env.close()
    width, height = pictures[0].size
    return [_sheet(pictures), width, height, len(pictures), rate / every, num_steps, total]


@contextmanager
def _quiet() -> Iterator[None]:
    """pygame without greeting, screen and sound; the environment of the process is then as it was,
    for a worker is used again."""
    before = dict(os.environ)
    os.environ.update({**QUIET, **before})
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():  # pygame sets some itself
            del os.environ[name]


def _modes(env_id: str) -> list[str]:
    """How an environment can show itself; asked without a picture being made."""
    env = gymnasium.make(env_id)
    modes = list(env.metadata.get("render_modes", []))
    env.close()
    return modes


def _small(pixels: Any) -> Image.Image:
    picture = Image.fromarray(np.asarray(pixels, np.uint8))
    width = min(3 * HEIGHT, max(1, round(picture.width * HEIGHT / picture.height)))
    return picture.resize((width, HEIGHT), Image.Resampling.LANCZOS)


def _sheet(pictures: list[Image.Image]) -> str:
    width, height = pictures[0].size
    num_rows = -(-len(pictures) // COLUMNS)
    sheet = Image.new("RGB", (width * min(COLUMNS, len(pictures)), height * num_rows), "white")
    for k, picture in enumerate(pictures):
        sheet.paste(picture, (k % COLUMNS * width, k // COLUMNS * height))
    made = io.BytesIO()
    sheet.quantize(COLOURS).save(made, "PNG")
    return base64.b64encode(made.getvalue()).decode()
