"""Stores that tests begin with: SQLite in a file, and a PostgreSQL server of our own."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.app.addresses import free_port
from engine.room.store import Store

QUICK = "-c fsync=off -c full_page_writes=off -c max_connections=60"


def _pg_ctl() -> str:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    program = str(found[-1]) if found else shutil.which("pg_ctl")
    assert program, "these tests need PostgreSQL: apt-get install postgresql"
    return program


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of an empty PostgreSQL database. A server that is not there is a failure."""
    folder = Path(tempfile.mkdtemp())  # pytest's own may be entered by one user alone
    program, port = Path(_pg_ctl()), free_port(25_000 + os.getpid() % 5_000)
    user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    if os.getuid() == 0:  # PostgreSQL refuses to be run by root
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    as_user = {"user": user, "extra_groups": []} if os.getuid() == 0 else {}

    def run(*words: str) -> None:
        subprocess.run(words, check=True, capture_output=True, cwd=folder, **as_user)

    data, log = str(folder / "data"), str(folder / "log")
    run(str(program.with_name("initdb")), "-D", data, "-U", "tests", "-A", "trust", "-N")
    place = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 {QUICK}"
    run(str(program), "-D", data, "-l", log, "-w", "-o", place, "start")
    try:
        yield f"postgresql+psycopg://tests@127.0.0.1:{port}/postgres"
    finally:
        run(str(program), "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where a store may be made, of each kind in turn."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres")
    return f"sqlite:///{tmp_path_factory.mktemp('store')}/rooms é.sqlite"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A store without rooms."""
    opened = Store(url)
    with opened.writing() as connection:
        connection.execute(text("DELETE FROM rooms"))
    yield opened
    opened.close()
