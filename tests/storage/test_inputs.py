"""B21: what Valkey keeps of input is bounded by who works, not by how long Valkey has run."""

from uuid import uuid4

import redis.asyncio as redis

from storage.inputs import KEY_S, Inputs

NOW_S = 1_800_000_000.0


async def test_b21_what_a_dead_node_said_is_swept_away_by_others(redis_url: str) -> None:
    shop, ann, bob, cid = (uuid4() for _ in range(4))
    async with redis.Redis.from_url(redis_url) as valkey:
        inputs = Inputs(valkey)
        await inputs.note(shop, "dead", {ann: NOW_S, bob: -NOW_S}, NOW_S)
        just_before, after = NOW_S + KEY_S - 1, NOW_S + KEY_S + 1
        await inputs.note(shop, "alive", {cid: just_before}, just_before)
        assert (await inputs.noted(shop)).keys() == {(ann, "dead"), (bob, "dead"), (cid, "alive")}
        await inputs.note(shop, "alive", {cid: -after}, after)
        assert await inputs.noted(shop) == {(cid, "alive"): -after}
        await inputs.note(shop, "alive", {cid: None}, after)
        assert await inputs.noted(shop) == {}
