"""Whether PostgreSQL is well."""

from __future__ import annotations

from collections.abc import Iterator

from server.doctor.findings import Finding, duration, look, unwell, well
from storage.vitals import OldTransaction, PostgresVitals, Replica

PART = "PostgreSQL"
VERSION_MIN = 18
CONNECTIONS_RATIO = 0.8
OLD_S = 300.0
BEHIND_S = 10.0
BACKUP = "kefu backup"


def away(why: str) -> Finding:
    """Say that it cannot be reached."""
    return unwell(
        PART,
        "answers",
        f"no: {why}",
        "database_away",
        "Start it, or correct KEFU_DATABASE_URL. Until then every command is refused as "
        "`unavailable`; pages keep what was not sent.",
    )


def schema(revision: str | None, known: list[str], *, fits: bool) -> Finding:
    """Compare the database's schema with ours; one that is newer may fit nevertheless."""
    if revision == known[-1]:
        return well(PART, "schema", f"{revision}, as this version needs it")
    if fits:
        found = f"{revision}, newer than {known[-1]} of this version, and works with it"
        return look(
            PART,
            "schema",
            found,
            "schema_ahead",
            "Go on with the upgrade: exchange the nodes that are still old.",
        )
    if revision is None:
        code, found, todo = "schema_missing", "none", "Run `kefu migrate`."
    elif revision in known:
        code, found = "schema_behind", f"{revision}; this version needs {known[-1]}"
        todo = "Run `kefu migrate` of this version."
    else:
        code, found = "schema_newer", f"{revision}, newer than {known[-1]} of this version"
        todo = "Use the `kefu` of the newer version, and exchange the nodes that are still old."
    return unwell(PART, "schema", found, code, todo)


def judge(vitals: PostgresVitals, took_s: float) -> Iterator[Finding]:
    """Judge what PostgreSQL said of itself."""
    yield well(PART, "answers", f"in {duration(took_s)}")
    yield _version(vitals)
    yield _durable(vitals)
    if vitals.is_standby:
        yield unwell(
            PART,
            "role",
            "a standby, which stores nothing",
            "database_standby",
            "Let KEFU_DATABASE_URL name the primary (target_session_attrs=read-write picks it).",
        )
    yield _connections(vitals)
    yield _oldest(vitals.oldest)
    for replica in vitals.replicas:
        yield _replica(replica)
    if not vitals.replicas and not vitals.is_standby:
        yield well(PART, "replicas", "none")


def _version(vitals: PostgresVitals) -> Finding:
    if vitals.version_number >= VERSION_MIN * 10_000:
        return well(PART, "version", vitals.version)
    return unwell(
        PART, "version", vitals.version, "database_old", f"PostgreSQL {VERSION_MIN} is needed."
    )


def _durable(vitals: PostgresVitals) -> Finding:
    found = (
        f"synchronous_commit {vitals.synchronous_commit}, fsync {'on' if vitals.fsync else 'off'}"
    )
    if vitals.fsync and vitals.synchronous_commit not in {"off"}:
        return well(PART, "durable", found)
    return unwell(
        PART,
        "durable",
        found,
        "not_durable",
        "What is acknowledged could be lost when the machine stops: set fsync = on, and "
        "let no pooler in between drop our synchronous_commit = on.",
    )


def _connections(vitals: PostgresVitals) -> Finding:
    found = f"{vitals.connections} of {vitals.connections_max}"
    if vitals.connections <= CONNECTIONS_RATIO * vitals.connections_max:
        return well(PART, "connections", found)
    return unwell(
        PART,
        "connections",
        found,
        "connections_short",
        "Raise max_connections, or lower KEFU_DATABASE_POOL_MAX of the nodes: all of them together "
        "have to fit.",
    )


def _oldest(oldest: OldTransaction | None) -> Finding:
    if oldest is None:
        return well(PART, "oldest transaction", "none is open")
    found = f"{duration(oldest.open_s)}, {oldest.application or 'nameless'}, pid {oldest.pid}"
    if oldest.open_s < OLD_S or oldest.application == BACKUP:
        return well(PART, "oldest transaction", found)
    return look(
        PART,
        "oldest transaction",
        found,
        "transaction_old",
        "Nothing deleted since it began can be cleaned up. If nobody waits for it: "
        f"SELECT pg_terminate_backend({oldest.pid}).",
    )


def _replica(replica: Replica) -> Finding:
    subject = f"replica {replica.name}"
    if replica.state is None:
        todo = "Grant the role of KEFU_DATABASE_URL pg_monitor: GRANT pg_monitor TO …"
        return look(PART, subject, "we may not see it", "replica_unseen", todo)
    behind = (
        "" if replica.behind_bytes is None else f", {replica.behind_bytes / 2**20:.1f} MB behind"
    )
    late = "" if replica.behind_s is None else f", {duration(replica.behind_s)} late"
    found = replica.state + behind + late
    if replica.state == "streaming" and (replica.behind_s or 0.0) < BEHIND_S:
        return well(PART, subject, found)
    return unwell(
        PART,
        subject,
        found,
        "replica_late",
        "Failing over to it now would lose what it has not heard. Look at its log, its disk and "
        "the line to it.",
    )
