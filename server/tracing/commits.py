"""Follows messages into the commit that stores them: one commit carries many."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from server.services.tracing import Span, Tracer
from storage.rows import Draft


class FollowedCommits:
    """What storage tells of drafts and commits (`storage.messages.CommitWatch`).

    A commit is a trace of its own. It links to every message in it that is followed, and each of
    these links to it.
    """

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._waiting: dict[int, Span] = {}

    @contextmanager
    def waiting(self, draft: Draft) -> Generator[None]:
        """A draft waits until it is committed."""
        if self._tracer.here is None:
            yield
            return
        about = {"messaging.message.conversation_id": str(draft.conversation_id)}
        with self._tracer.within("store message", attributes=about) as span:
            self._waiting[id(draft)] = span
            try:
                yield
            finally:
                del self._waiting[id(draft)]

    @contextmanager
    def committing(self, drafts: Sequence[Draft]) -> Generator[None]:
        """Drafts are stored by one statement."""
        waiting = [self._waiting[key] for key in map(id, drafts) if key in self._waiting]
        if not waiting:
            yield
            return
        about = {
            "db.system.name": "postgresql",
            "db.operation.name": "append_message",
            "db.operation.batch.size": len(drafts),
        }
        links = [span.traceparent for span in waiting]
        with self._tracer.begin(
            "commit messages", "internal", about, links=[link for link in links if link]
        ) as commit:
            if commit.traceparent is not None:
                for span in waiting:
                    span.link(commit.traceparent)
            try:
                yield
            except Exception as error:
                commit.fail(type(error).__name__)
                raise
