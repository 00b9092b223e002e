"""Which agents may take from which queue, ring by ring, kept as sets of profiles."""

from collections.abc import Mapping, Sequence
from math import inf

from routing.facts import LANGUAGE, QueueFacts, covers
from routing.line import Stand
from routing.order import Order
from routing.policy import Fit
from routing.pool import Pool, Profile, numbers

FITS_MAX = 4096
"""So many are remembered of a profile; customers may name any language."""


class Service:
    """A queue, its stands, and the sets of profiles that each ring adds (``base``), or all."""

    __slots__ = ("base", "best", "best_version", "everybody", "queue", "stands")

    def __init__(self, queue: QueueFacts, stands: list[Stand]) -> None:
        self.queue, self.stands = queue, stands
        self.base = [0] * len(stands)
        self.everybody = 0
        self.best, self.best_version = 1.0, -1

    def add(self, ring: int, mask: int) -> None:
        """Let more profiles in from a ring on."""
        self.base[ring] |= mask
        self.everybody |= mask

    def remove(self, mask: int) -> None:
        """Forget profiles."""
        self.base = [base & ~mask for base in self.base]
        self.everybody &= ~mask
        for stand in self.stands:
            stand.mask &= ~mask


class Stands:
    """All queues with their stands. Hears of profiles from the pool."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.pool = Pool(self._came, self._went)
        self.services: dict[str, Service] = {}
        self.numbered: dict[int, Stand] = {}
        self.firsts, self.slopes = list[float](), list[float]()
        """By stand: who came first there (virtual; see ``Stand``), and its slope."""
        self._spare: list[int] = []
        self._skipping: set[str] = set()
        self._opened: set[str] = set()
        """Of those, where rings opened or closed because a profile came."""

    def put_queue(self, queue: QueueFacts) -> None:
        """Take in a queue, or what has changed about it; nobody waits in it meanwhile."""
        if queue.id in self.services:
            self.drop_queue(queue.id)
        slope = self.order.slope(queue)
        stands = [self._stand(queue, ring, slope) for ring in range(len(queue.rings))]
        service = self.services[queue.id] = Service(queue, stands)
        for number, ring in enumerate(queue.rings):
            service.add(number, self.pool.covering(ring.needs))
        if any(ring.skip for ring in queue.rings):
            self._skipping.add(queue.id)
        self._mask(service)
        self.pool.set_queue(queue.id, service.everybody, queue.load)
        self._forget_fits()

    def drop_queue(self, queue_id: str) -> None:
        """Forget a queue."""
        service = self.services.pop(queue_id)
        for stand in service.stands:
            self._set_mask(stand, 0)
            del self.numbered[stand.number]
            self._spare.append(stand.number)
        self._skipping.discard(queue_id)
        self.pool.drop_queue(queue_id)
        self._forget_fits()

    def served(self, profile: Profile, among: int) -> Sequence[int]:
        """Return the stands, of those given as bits, from which a profile may take."""
        bits = profile.serves & among
        if bits != profile.seen:
            profile.seen, profile.stands = bits, numbers(bits)
        return profile.stands

    def readiness_changed(self) -> list[str]:
        """Open or close rings that are skipped while nobody is there; return those queues."""
        changed = {name for name in self._skipping if self._mask(self.services[name])}
        changed |= self._opened & self._skipping
        self._opened.clear()
        return sorted(changed)

    def is_able(self, agent_id: str, queue_id: str) -> bool:
        """Tell whether an agent may ever serve a queue."""
        return queue_id in self.pool.where[agent_id].queues

    def covered(self, queue_id: str) -> bool:
        """Tell whether anybody at all, here or not, may ever serve a queue."""
        return self.services[queue_id].everybody != 0

    def ready_for(self, queue_id: str) -> bool:
        """Tell whether anybody who may ever serve a queue is ready, with room or not."""
        return bool(self.services[queue_id].everybody & self.pool.ready)

    def best_speed(self, service: Service) -> float:
        """Return how fast the fastest is who may serve a queue."""
        if service.best_version != self.pool.version:
            needs = service.queue.rings[0].needs
            able = self.pool.profiles(service.everybody)
            speeds = [speed(profile, needs) for profile in able]
            service.best, service.best_version = max(speeds, default=1.0), self.pool.version
        return service.best

    def fit(self, profile: Profile, service: Service, language: str | None) -> Fit:
        """Return how a profile suits a queue and a language."""
        queue = service.queue
        key = (queue.id, language)
        found = profile.fits.get(key)
        if found is not None:
            return found
        ring = next((n for n, base in enumerate(service.base) if base & profile.bit), 0)
        met = sum(profile.skills.get(name, 0) >= level for name, level in queue.preferred.items())
        needs = queue.rings[0].needs
        level = language_level(language, queue, profile.skills)
        fit = Fit(
            ring=ring,
            speed=speed(profile, needs),
            others=tuple(sorted(name for name in profile.queues if name != queue.id)),
            unmet=len(queue.preferred) - met,
            language=level,
            foreign=language is not None and queue.match_language and not level,
            skill_place=_skill_place(profile.primary, needs),
        )
        if len(profile.fits) >= FITS_MAX:
            profile.fits.clear()
        profile.fits[key] = fit
        return fit

    def _stand(self, queue: QueueFacts, ring: int, slope: float) -> Stand:
        if not self._spare:
            self._spare.append(len(self.firsts))
            self.firsts.append(-inf)
            self.slopes.append(slope)
        number = self._spare.pop()
        stand = self.numbered[number] = Stand(number, queue, ring, slope, self.firsts)
        self.firsts[number], self.slopes[number] = -inf, slope
        return stand

    def _came(self, profile: Profile) -> None:
        for service in self.services.values():
            found = False
            for number, ring in enumerate(service.queue.rings):
                if covers(profile.skills, ring.needs):
                    service.add(number, profile.bit)
                    found = True
            if found:
                profile.queues.append(service.queue.id)
                if self._mask(service):
                    self._opened.add(service.queue.id)

    def _went(self, profile: Profile) -> None:
        for service in self.services.values():
            service.remove(profile.bit)

    def _mask(self, service: Service) -> bool:
        """Say who may take from each stand; tell whether that has changed."""
        rings, changed = service.queue.rings, False
        for number, stand in enumerate(service.stands):
            mask = 0
            for base in service.base[: number + 1]:
                mask |= base
            further = number + 1
            while further < len(rings) and rings[further].skip and not mask & self.pool.ready:
                mask |= service.base[further]
                further += 1
            changed |= self._set_mask(stand, mask)
        return changed

    def _set_mask(self, stand: Stand, mask: int) -> bool:
        different = stand.mask ^ mask
        stand.mask = mask
        for profile in self.pool.profiles(different):
            profile.serves ^= stand.bit
        return different != 0

    def _forget_fits(self) -> None:
        for profile in self.pool.by_index.values():
            profile.fits.clear()


def speed(profile: Profile, needs: Mapping[str, int]) -> float:
    """Return how fast a profile is at all that is needed: as fast as at the slowest skill."""
    return min((profile.speeds.get(name, 1.0) for name in needs), default=1.0)


def language_level(language: str | None, queue: QueueFacts, skills: Mapping[str, int]) -> int:
    """Return how well somebody speaks a language, 0 to 5; 0 too where it does not matter."""
    if language is None or not queue.match_language:
        return 0
    exact = skills.get(LANGUAGE + language.lower(), 0)
    return exact or skills.get(LANGUAGE + language.lower().split("-")[0], 0)


def _skill_place(primary: tuple[str, ...], needs: Mapping[str, int]) -> int:
    return min((primary.index(name) for name in needs if name in primary), default=len(primary))
