"""Every stack has its group."""

from __future__ import annotations

import pytest

from loadtest.profile import sort

LISTEN = "main (server/__main__.py:38);Engine.listen (server/sockets/engine.py:171)"
SAY = f"{LISTEN};SocketServer._event (server/sockets/server.py:155);Talk.say (services/talk.py:51)"
TELL = f"{SAY};SocketFanout._tell (sockets/fanout.py:107);Line.put (sockets/outbox.py:51)"
COMMIT = "GroupCommit._commit (storage/group_commit.py:73);Database.fetch (storage/database.py:151)"
ASYNCPG = f"{COMMIT};Connection._do_execute (asyncpg/connection.py:2069)"


@pytest.mark.parametrize(
    ("stack", "group"),
    [
        (f"{TELL};write (libc.so.6)", "system call: frames to clients"),
        (f"{ASYNCPG};write (libc.so.6)", "system call: statements to PostgreSQL"),
        ("main;uv__read (stream.c:1063);read (libc.so.6)", "system call: reading"),
        (TELL, "outbox and transport"),
        (ASYNCPG, "asyncpg: statements and rows"),
        (f"{COMMIT.split(';', maxsplit=1)[0]};_answer", "group commit, rows into answers"),
        (f"{SAY};gc_collect_main (libpython3.11.so.1.0)", "garbage collection"),
        (SAY, "use case: draft, checks"),
        (LISTEN, "engine and websocket: reading frames"),
        ("main (server/__main__.py:38)", "event loop, tasks, futures"),
    ],
)
def test_a_stack_belongs_to_what_runs_and_who_called_it(stack: str, group: str) -> None:
    assert sort([f"{stack} 3"]) == {group: 1.0}


def test_waiting_is_no_work() -> None:
    idle = ["main;epoll_pwait (libc.so.6) 90", "_worker (concurrent/futures/thread.py:81) 90"]
    assert sort([*idle, f"{SAY} 3", f"{LISTEN} 1"]) == {
        "use case: draft, checks": 0.75,
        "engine and websocket: reading frames": 0.25,
    }
