"""Whether the servers that somebody named are there at all; for `kefu check`."""

from storage.sentinels import Sentinels
from storage.servers import Servers, ask
from storage.slots import look
from storage.valkey import TROUBLE


def address_complaint(url: str) -> str | None:
    """Say what is wrong with an address of Valkey, None when it is one."""
    try:
        Servers.named(url)
    except ValueError as error:
        return str(error)
    return None


async def valkey_answers(url: str) -> bool:
    """Whether the Valkey at ``url`` takes us: the server, the primary, or the whole cluster."""
    servers = Servers.named(url)
    try:
        if servers.kind == "one":
            pools = [servers.pool()]
        elif servers.kind == "sentinel":
            pools = [servers.pool((await Sentinels(servers).primary()).address)]
        else:
            pools = [servers.pool(each) for each in (await look(servers)).owners]
        for pool in pools:
            await ask(pool, "PING")
    except TROUBLE:
        return False
    return True
