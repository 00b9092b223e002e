from routing.explain import from_json, replay
from tests.assignment.office import Office


async def test_a10_p4_fifty_at_once_on_three_nodes_never_exceed_the_limit(office: Office) -> None:
    nodes = [office.node, office.another_node(), office.another_node()]
    ann = await office.agent("ann", capacity=3)
    await office.turn()
    rows = [await office.customer(turn=False, node=nodes[n % 3]) for n in range(50)]

    for node in nodes:
        await office.turn(node)

    assert await office.slots(ann) == 3
    assert office.offered(ann) == [row.id for row in rows[:3]]
    for _ in range(3):
        await office.accepts(ann, 0)
    assert await office.slots(ann) == 3


async def test_a11_p6_the_freed_slot_goes_to_whoever_waited(office: Office) -> None:
    ann = await office.agent("ann", capacity=3)
    held = [await office.customer() for _ in range(3)]
    for index in range(3):
        await office.accepts(ann, index)
    fourth = await office.customer()
    await office.clock.advance(60)

    fifth = await office.customer(turn=False)
    await office.resolves(ann, held[0])

    assert office.offered(ann)[3:] == [fourth.id]
    assert (await office.row(fifth)).state == "queued"


async def test_a11_a_wrap_up_blocks_the_slot_for_its_time_and_no_longer(office: Office) -> None:
    ann = await office.agent("ann")
    first = await office.customer()
    await office.accepts(ann)
    second = await office.customer()

    await office.moved(
        await office.stores.transitions.close(first.id, ann.agent_id, None, office.clock.now())
    )
    await office.passes(9)
    assert office.offered(ann) == [first.id]

    await office.passes(2)
    assert office.offered(ann) == [first.id, second.id]
    assert (await office.row(first)).state == "closed"


async def test_p5_a_wrap_up_ends_on_time_not_when_somebody_looks(office: Office) -> None:
    ann = await office.agent("ann")
    first = await office.customer()
    await office.accepts(ann)
    second = await office.customer()
    await office.clock.advance(0.5)
    await office.moved(
        await office.stores.transitions.close(first.id, ann.agent_id, None, office.clock.now())
    )
    await office.clock.advance(0.8)
    await office.passes(9.2)  # a look each second, and none is due for most of another one

    assert office.offered(ann) == [first.id, second.id]


async def test_a12_a_raised_limit_serves_who_waits(office: Office) -> None:
    ann = await office.agent("ann")
    await office.customer()
    second = await office.customer()

    await office.change(ann, capacity=2)

    assert office.offered(ann)[1:] == [second.id]


async def test_b1_the_older_first_also_after_another_node_took_over(office: Office) -> None:
    rows = [await office.customer() for _ in range(3)]
    other = office.another_node()
    await office.clock.advance(3)

    ann = await office.agent("ann", capacity=3, node=other)
    await office.turn(other)

    assert office.offered(ann) == [row.id for row in rows]


async def test_b5_nobody_waits_behind_a_skill_that_nobody_has(office: Office) -> None:
    rare = await office.new_queue("rare", skills=(await office.skill("welding", 3),))
    await office.customer(queue=rare)
    second = await office.customer()

    ann = await office.agent("ann")
    await office.turn()

    assert office.offered(ann) == [second.id]


async def test_b14_a_skill_learned_counts_at_once(office: Office) -> None:
    skill = await office.skill("billing", 2)
    billing = await office.new_queue("billing", skills=(skill,))
    ann = await office.agent("ann")
    row = await office.customer(queue=billing)
    assert office.offered(ann) == []

    await office.change(ann, skills={skill.skill_id: 2})

    assert office.offered(ann) == [row.id]


async def test_a_customer_of_an_archived_queue_is_served_all_the_same(office: Office) -> None:
    old = await office.new_queue("old", skills=(await office.skill("welding", 3),))
    row = await office.customer(queue=old)
    ann = await office.agent("ann")

    await office.stores.queues.archive(office.shop.id, old.id, office.clock.now())
    office.node.pokes.shop_touched(office.shop.id)
    await office.turn()

    assert office.offered(ann) == [row.id]


async def test_p8_the_stored_record_decides_the_same(office: Office) -> None:
    ann = await office.agent("ann", capacity=2, skills={"lang:en": 4})
    await office.agent("bob", capacity=4, is_here=False)
    row = await office.customer()

    [decision] = await office.stores.decisions.of_conversation(row.id)
    record = from_json(decision.record)

    assert replay(record) == record.chosen == (str(ann.agent_id),)
    assert list(record.removed_agents.values()) == ["offline"]
