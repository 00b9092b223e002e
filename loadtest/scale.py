"""`python -m loadtest.scale`: what the fan-out costs as nodes are added, from measured prices.

Customers and agents are put on nodes by chance, as any proxy does, and messages are counted: each
is stored and told at the node of whoever wrote it, published once, and heard by every other node
where somebody takes part. Beside it: what one channel for all would cost, where every node hears
everything (docs/design/scale.md).
"""

import argparse
from random import Random

from msgspec import Struct

SEED = 20260101
SAMPLE = 20_000
"""Conversations that are placed; more would change no digit that is printed."""


class Load(Struct, frozen=True, kw_only=True):
    """Who is there, and how much they say."""

    sessions: float = 1_000_000
    agents: float = 10_000
    chats: float = 3.0
    """In an agent's hands."""
    seconds: float = 15.0
    """Between two messages of a conversation, of either side."""
    watchers: float = 0.1
    """Others who look at a conversation: a supervisor, a second tab."""

    @property
    def messages(self) -> float:
        """Messages a second."""
        return self.agents * self.chats / self.seconds


class Price(Struct, frozen=True, kw_only=True):
    """CPU in microseconds, as ``make bench`` measures it; memory in kB."""

    message: float = 90.0
    """Read, stored, told at its own node, acknowledged."""
    postgres: float = 100.0
    hop: float = 40.0
    """Published once, heard by one other node, and told there."""
    heard: float = 15.0
    """What a node pays for hearing what is no concern of anybody there."""
    idle: float = 15.0
    """A second of a session that says nothing: its pings."""
    session_kb: float = 22.0


class Cost(Struct, frozen=True):
    """A cluster of so many nodes. Cores are those of all nodes together."""

    nodes: int
    hops: float
    """Other nodes that hear a message, on average."""
    message_us: float
    cores: float
    cores_one_channel: float
    sessions: float
    gigabytes: float


def cost(nodes: int, load: Load, price: Price) -> Cost:
    """Place everybody, and add up."""
    hops = _hops(nodes, load)
    idle = load.sessions * price.idle
    message = price.message + hops * price.hop
    alien = max(0.0, nodes - 1 - hops) * price.heard
    return Cost(
        nodes=nodes,
        hops=hops,
        message_us=message,
        cores=(load.messages * message + idle) / 1e6,
        cores_one_channel=(load.messages * (message + alien) + idle) / 1e6,
        sessions=load.sessions / nodes,
        gigabytes=load.sessions / nodes * price.session_kb / 1e6,
    )


def _hops(nodes: int, load: Load) -> float:
    """Return on how many nodes beside the writer's somebody takes part, on average."""
    chance = Random(SEED)
    found = 0
    for _ in range(SAMPLE):
        people = 2 + (chance.random() < load.watchers)
        places = [chance.randrange(nodes) for _ in range(people)]
        found += len(set(places)) - 1
    return found / SAMPLE


def report(costs: list[Cost], load: Load, price: Price) -> str:
    """Return the table that people read."""
    lines = [
        f"{load.sessions:,.0f} sessions, {load.agents:,.0f} agents with {load.chats:g} chats, "
        f"{load.messages:,.0f} messages a second",
        "",
        f"{'nodes':>6}{'hops':>7}{'µs a message':>14}{'cores':>8}{'one channel':>13}"
        f"{'sessions a node':>17}{'GB a node':>11}",
    ]
    lines += [
        f"{each.nodes:>6}{each.hops:>7.2f}{each.message_us:>14.0f}{each.cores:>8.1f}"
        f"{each.cores_one_channel:>13.1f}{each.sessions:>17,.0f}{each.gigabytes:>11.2f}"
        for each in costs
    ]
    postgres = load.messages * price.postgres / 1e6
    return "\n".join([*lines, "", f"PostgreSQL: {postgres:.2f} cores"])


def main() -> None:
    """Print the table for a load that one may choose."""
    parser = argparse.ArgumentParser(prog="python -m loadtest.scale", description=__doc__)
    for name in Load.__struct_fields__:
        parser.add_argument(f"--{name}", type=float, default=getattr(Load(), name))
    for name in Price.__struct_fields__:
        parser.add_argument(f"--{name.replace('_', '-')}-price", type=float, dest=f"price_{name}",
                            default=getattr(Price(), name))  # fmt: skip
    given = vars(parser.parse_args())
    load = Load(**{name: given[name] for name in Load.__struct_fields__})
    price = Price(**{name: given[f"price_{name}"] for name in Price.__struct_fields__})
    print(report([cost(nodes, load, price) for nodes in (1, 2, 5, 10, 20, 50, 100)], load, price))


if __name__ == "__main__":
    main()
