"""What goes wrong in a room, in sentences for those who sit in it."""


class RoomError(ValueError):
    """Something that was asked of a room cannot be done; says why, and what can."""


class NotPresenter(RoomError):
    """The key that was given does not hold the room, or holds it no more."""


class StoreAway(Exception):
    """The store does not answer now; what was to be kept can be sent again later."""
