"""Keys and values of a prompt with room for what is written behind it.

The library's own cache grows by a copy of everything, layer by layer and token by token.
"""

from typing import Any

from torch import Tensor
from transformers.cache_utils import DynamicLayer


class RoomyLayer(DynamicLayer):
    """One layer's keys and values (rows, heads, room, width), of which the first are written."""

    def __init__(self, layer: DynamicLayer, times: int, room: int) -> None:
        super().__init__()
        keys, values = layer.keys, layer.values
        assert keys is not None
        assert values is not None
        self.device, self.is_initialized = keys.device, True
        self.rooms = [_with_room(part, times, room) for part in (keys, values)]
        self.length = keys.shape[-2]
        self._seen()

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        """Write one more token a row; keys and values of all so far."""
        start, self.length = self.length, self.length + key_states.shape[-2]
        for buffer, new in zip(self.rooms, (key_states, value_states), strict=True):
            buffer[..., start : self.length, :] = new
        return self._seen()

    def _seen(self) -> tuple[Tensor, Tensor]:
        keys, values = (buffer[..., : self.length, :] for buffer in self.rooms)
        self.keys, self.values = keys, values
        return keys, values


def spread(cache: Any, times: int, room: int) -> None:
    """Give each row's keys and values `times` rows, with `room` more positions, in place.

    AttributeError, NotImplementedError for a cache of a kind that cannot be repeated.
    """
    for place, layer in enumerate(cache.layers):
        if type(layer) is DynamicLayer and layer.get_seq_length() > 0:
            cache.layers[place] = RoomyLayer(layer, times, room)
        else:
            layer.batch_repeat_interleave(times)


def _with_room(part: Tensor, times: int, room: int) -> Tensor:
    rows, heads, length, width = part.shape
    buffer = part.new_empty(rows * times, heads, length + room, width)
    buffer[:, :, :length] = part.repeat_interleave(times, 0)
    return buffer
