"""The store: SQLite in a file of this user, or PostgreSQL for servers that share their rooms.

SQLite writes ahead (WAL), so that reading waits for no writer, and a transaction is on the disk
before it is acknowledged. Every method may be called from any thread.
"""

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import platformdirs
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from engine.room.faults import RoomError, StoreAway

VARIABLE = "PRACTICUM_STORE"  # the address of the store, set by `serve --store`
FILE = "rooms.sqlite"
KINDS = ("sqlite", "postgresql")
WAIT_SECONDS = 30  # for another process that writes
OPENING = 7_126_094_481  # the name of PostgreSQL's lock for those who migrate
MIGRATIONS = Path(__file__).parent / "migrations"


class Store:
    """Rooms on disk. `url` as SQLAlchemy writes it; opening it brings its tables up to date."""

    def __init__(self, url: str | None = None) -> None:
        self.url = _url(url or os.environ.get(VARIABLE) or default_url())
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        # Threads of one process take turns here, in order; SQLite would have them wait at random.
        self._turn: contextlib.AbstractContextManager[Any] = (
            threading.Lock() if self.is_sqlite else contextlib.nullcontext()
        )
        try:
            self._engine = _engine(self.url)
            self._migrate()
        except ModuleNotFoundError as error:
            raise RoomError(f"a store of this kind needs the package {error.name}.") from None
        except (OSError, SQLAlchemyError) as error:
            raise RoomError(f"the store {self} cannot be opened: {_reason(error)}") from None

    def __str__(self) -> str:
        return self.url.render_as_string(hide_password=True)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction; what it holds is on the disk when this ends. Raises StoreAway."""
        with self._turn, _told(), self._engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A view of the store at one moment, which waits for no writer. Raises StoreAway."""
        with _told(), self._engine.connect() as connection:
            connection.execution_options(is_reading=True)
            yield connection

    def close(self) -> None:
        self._engine.dispose()

    def _migrate(self) -> None:
        """Bring the tables up to date; processes that open the store at once take turns."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        with self._engine.begin() as connection:
            if not self.is_sqlite:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({OPENING})"))
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError:
                newest = ScriptDirectory.from_config(config).get_current_head()
                raise RoomError(
                    f"the store {self} was written by a newer version of Practicum than this "
                    f"one, which knows it up to {newest}; use that version, or another file."
                ) from None


def default_url() -> str:
    """A file in the user's data folder. RoomError when there is no such folder."""
    folder = Path(platformdirs.user_data_dir("practicum", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RoomError(
            f"rooms are kept in {folder}, which cannot be made ({error.strerror}); "
            "name another place: --store sqlite:////a/folder/rooms.sqlite"
        ) from None
    return URL.create("sqlite", database=str(folder / FILE)).render_as_string()


def now() -> float:
    """Seconds since 1970, by the clock of this server."""
    return time.time()


def _url(given: str) -> URL:
    try:
        url = make_url(given)
        kind = url.get_backend_name()
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise RoomError(
            f"{given.partition('@')[0][:60]!r} is not a store; write "
            "sqlite:////a/folder/rooms.sqlite or postgresql+psycopg://user@host/database."
        ) from None
    if kind not in KINDS:
        raise RoomError(f"rooms are kept in SQLite or PostgreSQL, not in {kind}.")
    return url


def _engine(url: URL) -> Any:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=24)
    if url.database not in (None, "", ":memory:"):
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": WAIT_SECONDS, "isolation_level": None})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        # What is written survives the end of this process, also by kill -9; a power cut may cost
        # the last moments. FULL waits for the disk at every vote: 100 ms, measured on a busy one.
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer asks for the lock at once: one that reads first would be refused instead of
        # waiting, when another has written meanwhile.
        is_reading = connection.get_execution_options().get("is_reading")
        connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")

    return engine


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise StoreAway(_reason(error)) from error


def _reason(error: Exception) -> str:
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return said[0] if said else type(error).__name__
