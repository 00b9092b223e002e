"""What a waiting conversation may hope for: closed, nobody ready and nobody able are different."""

from routing.engine import Engine
from server.protocol.shapes import Prospect, Service


def prospect(shop: Service, engine: Engine, queue_id: str) -> Prospect:
    """Tell it from the state of the shop and from who could take what waits in a queue."""
    if shop == "closed":
        return "closed"
    if not engine.covered(queue_id):
        return "uncovered"
    return "open" if engine.ready_for(queue_id) else "nobody"
