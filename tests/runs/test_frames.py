"""What becomes of a frame on its way to the browser."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from engine.runs.frames import FrameError, explain, place, stream

# thousands of digits, which Python does not write out
DIGITS = pytest.param(10**5000, id="digits")


def texts(*frames):
    return list(stream(SimpleNamespace(run=lambda params: iter(frames)), None))


def test_numbers_and_lists_of_every_kind_arrive_as_json():
    frame = {
        "step": np.int32(0),
        "scalar": np.float64(0.1),
        "single": np.float32(0.25),
        "long": np.longdouble(0.25),
        "digits": "1" * 400,
        "flag": np.bool_(True),
        "array": np.arange(4).reshape(2, 2),
        "tensor": torch.tensor([1.5, 2.0], requires_grad=True),
        "pairs": [(np.float64(1.0), 2)],
        "text": "π → KL\nsecond line",
        "nothing": None,
    }
    assert json.loads(texts(frame)[0]) == {
        "step": 0,
        "scalar": 0.1,
        "single": 0.25,
        "long": 0.25,
        "digits": "1" * 400,
        "flag": True,
        "array": [[0, 1], [2, 3]],
        "tensor": [1.5, 2.0],
        "pairs": [[1.0, 2]],
        "text": "π → KL\nsecond line",
        "nothing": None,
    }


def test_a_frame_is_one_line_of_ascii():
    text = texts({"step": 0, "text": "π\n\r\u2028"})[0]
    assert text.isascii()
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ({"step": 1, "loss": float("inf")}, "frame 1: 'loss' is inf; frames hold finite"),
        ({"step": 1, "loss": np.float32("nan")}, "'loss' is nan; frames hold finite"),
        ({"step": 1, "loss": np.array([np.inf])}, "'loss' is in part infinite or not a number"),
        ({"step": 1, "loss": 10**5000}, "'loss' has more digits than JSON can carry"),
        ({"step": True, "loss": 1.0}, "frame 1 has step True"),
        ({"step": np.array([1]), "loss": 1.0}, "frame 1 has step of type ndarray"),
        ({"step": 1, "loss": {1, 2}}, "'loss' cannot be written as JSON (set)"),
        ({"step": 1, "loss": {(1, 2): 3}}, "'loss' cannot be written as JSON"),
        ({"step": 1}, "differs from the one before in its keys: loss"),
        ({"loss": 1.0}, "frame 1 has no step"),
        ({"step": 0, "loss": 1.0}, "frame 1 has step 0"),
        (None, "frame 1 is of type NoneType"),
        ({"step": "1", "loss": 1.0}, "frame 1 has step '1'"),
        ({"step": 10**5000, "loss": 1.0}, "frame 1 has step of more than 300 digits"),
        ({"step": 1, "loss": 10**400}, "'loss' has more digits than JSON can carry"),
        ({"step": 1, "loss": torch.eye(2).to_sparse()}, "cannot be written as JSON (Tensor)"),
        ({"step": 1, "loss": torch.empty(2, device="meta")}, "written as JSON (Tensor)"),
    ],
)
def test_a_bad_frame_is_refused_by_name(second, told):
    with pytest.raises(FrameError) as caught:
        texts({"step": 0, "loss": 1.0}, second)
    assert told in str(caught.value)


@pytest.mark.parametrize("key", [7, None, True, (1, 2)])
def test_keys_are_strings(key):
    """JSON would write 7 as "7", so that one of `{"7": 1, 7: 2}` is lost."""
    for value in (0.5, object()):
        with pytest.raises(FrameError) as caught:
            texts({"step": 0, key: value})
        assert str(caught.value) == f"frame 0 has the key {key!r}; keys are strings."


@pytest.mark.parametrize("share", [1.01, -0.5, 40, True, "half", None, float("nan"), DIGITS])
def test_progress_is_a_share(share):
    with pytest.raises(FrameError, match=r"frame 0 has progress .*; it goes from 0 to 1"):
        texts({"step": 0, "progress": share})
    assert len(texts({"step": 0, "progress": np.float32(1) + 1e-7})) == 1


def test_places_do_not_tell_where_the_project_lies():
    assert place("/home/ada/practicum/sims/bandit.py", 42) == "sims/bandit.py:42"
    assert place("/opt/sims/cartpole/__init__.py", 7) == "sims/cartpole/__init__.py:7"


def test_out_of_memory_in_torch_reads_as_out_of_memory():
    error = RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 1 bytes. Error 12")
    sentence, detail = explain(error, "tiny", 3)
    assert sentence == "tiny asked for more memory than a run may use. Try smaller numbers."
    assert "DefaultCPUAllocator" in detail


def test_the_words_of_an_error_are_text():
    sentence, _ = explain(ValueError("half \ud83d, \x1b[31mred\x9b1m\0"), "tiny", 3)
    assert sentence == "tiny broke off at step 3: half ?, ?[31mred?1m? (ValueError)."


def test_an_error_without_words_is_still_a_sentence():
    sentence, _ = explain(AssertionError(), "tiny", 3)
    assert sentence == "tiny broke off at step 3: no reason given (AssertionError)."


@pytest.mark.parametrize(
    ("frames", "told"), [(None, "returned NoneType"), ((), "ended without a frame")]
)
def test_a_run_has_at_least_one_frame(frames, told):
    with pytest.raises(FrameError, match=told):
        list(stream(SimpleNamespace(run=lambda params: frames), None))
