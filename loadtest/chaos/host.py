"""A node as a host of its own: a network namespace, joined to ours by a cable that can be cut."""

import asyncio
import os
from contextlib import suppress

from loadtest.chaos.link import Direction

SWALLOW = "tbf rate 8bit burst 1 latency 1ms"  # no packet is small enough to pass


class Host:
    """Made by ``open``, for which one must be root. ``address`` is the node's, ``gateway`` ours."""

    def __init__(self, number: int) -> None:
        tag = f"kefu{os.getpid() % 100_000}{number}"
        self._ends: dict[Direction, str] = {"in": tag + "a", "out": tag + "b"}
        self._name = tag
        net = (os.getpid() * 3 + number) % 250
        self.gateway, self.address = f"10.83.{net}.1", f"10.83.{net}.2"

    @property
    def prefix(self) -> tuple[str, ...]:
        """What stands before a program that runs there."""
        return "ip", "netns", "exec", self._name

    async def open(self) -> None:
        """Make the namespace and plug the cable in."""
        ours, theirs = self._ends["in"], self._ends["out"]
        await run("ip", "netns", "add", self._name)
        await run("ip", "link", "add", ours, "type", "veth", "peer", "name", theirs)
        await run("ip", "link", "set", theirs, "netns", self._name)
        await run("ip", "address", "add", f"{self.gateway}/30", "dev", ours)
        await run("ip", "link", "set", ours, "up")
        inside = (*self.prefix, "ip")
        await run(*inside, "address", "add", f"{self.address}/30", "dev", theirs)
        await run(*inside, "link", "set", theirs, "up")
        await run(*inside, "link", "set", "lo", "up")

    async def cut(self, *directions: Direction) -> None:
        """Lose every packet in these directions, to everybody."""
        for direction in directions:
            await run(*self._tc(direction, "add"), *SWALLOW.split())

    async def mend(self) -> None:
        """Lose none any more."""
        for direction in self._ends:
            with suppress(RuntimeError):  # this direction was well
                await run(*self._tc(direction, "del"))

    async def close(self) -> None:
        """Remove the namespace, and the cable with it."""
        with suppress(RuntimeError):
            await run("ip", "link", "del", self._ends["in"])
        with suppress(RuntimeError):
            await run("ip", "netns", "del", self._name)

    def _tc(self, direction: Direction, verb: str) -> tuple[str, ...]:
        words = ("tc", "qdisc", verb, "dev", self._ends[direction], "root")
        return words if direction == "in" else (*self.prefix, *words)


async def run(*words: str) -> None:
    """Run a program to its end; RuntimeError when it is not content."""
    process = await asyncio.create_subprocess_exec(*words, stderr=asyncio.subprocess.PIPE)
    _, complaint = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{' '.join(words)}: {complaint.decode().strip()}")
