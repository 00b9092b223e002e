"""Who runs the routing of a partition."""

from datetime import datetime, timedelta

from storage.columns import row_of
from storage.database import Database
from storage.rows import Lease


class Leases:
    """Gives each partition to one node at a time; a new holder means a new epoch."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def hold(self, partition: int, node: str, ttl_s: float, now: datetime) -> Lease | None:
        """Take the lease, or renew it, for ``ttl_s`` seconds; None while another node has it.

        ``node`` must name this very process, so that a restart is a new holder.
        """
        until = now + timedelta(seconds=ttl_s)
        renewed = await self._db.fetchrow(RENEW, partition, node, until, now)
        if renewed is not None:
            return row_of(Lease, renewed)
        async with self._db.transaction() as tx:
            # Waits for transactions that rely on the old epoch.
            await tx.execute(LOCK_EXPIRED, partition, now)
            taken = await tx.fetchrow(TAKE, partition, node, until, now)
        return None if taken is None else row_of(Lease, taken)

    async def release(self, lease: Lease) -> None:
        """Give the lease up, so that another node need not wait for its end."""
        await self._db.execute(RELEASE, lease.partition, lease.epoch)


RENEW = """
UPDATE partition_lease SET expires_at = $3
 WHERE partition = $1 AND node = $2 AND expires_at > $4 RETURNING *
"""

LOCK_EXPIRED = """
SELECT FROM partition_lease WHERE partition = $1 AND expires_at <= $2 FOR UPDATE
"""

TAKE = """
INSERT INTO partition_lease AS held (partition, node, epoch, expires_at) VALUES ($1, $2, 1, $3)
ON CONFLICT (partition) DO UPDATE
   SET node = excluded.node, epoch = held.epoch + 1, expires_at = excluded.expires_at
 WHERE held.expires_at <= $4
RETURNING *
"""

RELEASE = """
UPDATE partition_lease SET expires_at = '-infinity' WHERE partition = $1 AND epoch = $2
"""
