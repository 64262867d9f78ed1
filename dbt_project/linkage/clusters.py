"""Pairs to people: connected records, then every doubtful group taken apart and built up again.

Chains are what goes wrong in linkage: a mail-list record that fits father and son alike would
make one person of them. So a group in which any two records speak against each other, or were
never compared, is rebuilt from its single records: the two most alike parts are joined first, and
parts are compared as wholes - if any two of their records share a phone the parts share it, if
none do although both have phones, they differ - under the same household model as pairs are.
A record that fits two parts equally well joins neither. Scores come from model.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from dbt_project.linkage.comparisons import level_value
from dbt_project.linkage.household_model import HouseholdModel
from dbt_project.linkage.rules import limits

# Groups above this are first cut at their weak links, strongest kept longest.
LARGEST_GROUP = 120
CUTS = (0.97, 0.99, 0.999, 0.9999)
# Odds (natural log) by which the best part must beat the next best for a record to join it.
CLEAR_MARGIN = 0.7
# Share of all pairs inside a large cluster that must be matches of their own for it to be proven.
PROVEN_DENSITY = 0.5
INITIAL = level_value("first", "initial")


@dataclass(frozen=True)
class Pairs:
    """Scored pairs of records 0..n-1, one entry per pair.

    Attributes:
        left: Index of one record.
        right: Index of the other.
        probability: Of being one person.
        levels: Per comparison, the level (-1 missing).
    """

    left: np.ndarray
    right: np.ndarray
    probability: np.ndarray
    levels: dict[str, np.ndarray]


@dataclass(frozen=True)
class ClusterSettings:
    """When parts are joined.

    Attributes:
        match_threshold: Probability from which two parts are one.
        maximum_size: Records up to which a cluster needs no proof.
        record_count: Records of the whole run (strangers grow with it).
    """

    match_threshold: float
    maximum_size: int
    record_count: int


def find_clusters(
    pairs: Pairs,
    *,
    size: int,
    model: HouseholdModel,
    settings: ClusterSettings,
    apart: np.ndarray,
    chosen: np.ndarray | None = None,
) -> np.ndarray:
    """Return each record's cluster label (the smallest record index in it), by the model alone.

    Args:
        pairs: Scored pairs.
        size: Number of records.
        model: The household model.
        settings: Thresholds.
        apart: (n, 2) record pairs the operator keeps apart: never in one cluster.
        chosen: Records looked at (boolean); components without one are left as they come.
    """
    strong = pairs.probability >= settings.match_threshold
    label = _components(pairs.left[strong], pairs.right[strong], size)
    doubtful = _doubtful(pairs, label, settings, apart=apart)
    if chosen is not None:
        doubtful &= np.bincount(label, weights=chosen, minlength=len(doubtful)) > 0
    if not doubtful.any():
        return _smallest_member(label)
    inside = (label[pairs.left] == label[pairs.right]) & doubtful[label[pairs.left]]
    within = Pairs(
        pairs.left[inside],
        pairs.right[inside],
        pairs.probability[inside],
        {name: levels[inside] for name, levels in pairs.levels.items()},
    )
    rebuilt = _Rebuilder(within, model, settings, apart=apart)
    return _smallest_member(rebuilt.relabel(label, doubtful))


def join_declared(label: np.ndarray, together: np.ndarray, apart: np.ndarray) -> np.ndarray:
    """Join whole clusters that people or vendors declare one; first come, first served.

    Args:
        label: Cluster labels (smallest record index).
        together: (n, 2) record pairs, the word that counts most first. Cycles do no harm.
        apart: (n, 2) record pairs that must not meet; a link that would bring two of them
            together is left out.
    """
    if not len(together):
        return label
    parent = {int(number): int(number) for number in np.unique(label[together])}

    def root(number: int) -> int:
        while parent.get(number, number) != number:
            number = parent[number]
        return number

    enemies: dict[int, set[int]] = {}
    for a, b in label[apart].tolist() if len(apart) else []:
        enemies.setdefault(a, set()).add(b)
        enemies.setdefault(b, set()).add(a)
    for a, b in label[together].tolist():
        left, right = sorted((root(a), root(b)))
        if left == right or right in {root(enemy) for enemy in enemies.get(left, ())}:
            continue
        parent[right] = left
        enemies.setdefault(left, set()).update(enemies.pop(right, set()))
    mapping = {number: root(number) for number in parent}
    moved = np.array([mapping.get(number, number) for number in np.unique(label).tolist()])
    return moved[np.searchsorted(np.unique(label), label)]


def find_groups(pairs: Pairs, together: np.ndarray, *, size: int, threshold: float) -> np.ndarray:
    """Return for each record the smallest index of its group: all it is joined to in any way."""
    strong = pairs.probability >= threshold
    left = np.concatenate([pairs.left[strong], together[:, 0]])
    right = np.concatenate([pairs.right[strong], together[:, 1]])
    return _smallest_member(_components(left, right, size))


def _components(left: np.ndarray, right: np.ndarray, size: int) -> np.ndarray:
    links = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    return connected_components(links, directed=False)[1]


def _smallest_member(label: np.ndarray) -> np.ndarray:
    count = int(label.max(initial=-1)) + 1
    smallest = np.full(count, len(label))
    np.minimum.at(smallest, label, np.arange(len(label)))
    return smallest[label]


def _doubtful(
    pairs: Pairs,
    label: np.ndarray,
    settings: ClusterSettings,
    *,
    apart: np.ndarray,
) -> np.ndarray:
    """Return which components are not plainly one person: a link missing or against it, too big."""
    sizes = np.bincount(label)
    inside = label[pairs.left] == label[pairs.right]
    good = inside & (pairs.probability >= settings.match_threshold)
    for_it = np.bincount(label[pairs.left[good]], minlength=len(sizes))
    doubtful = for_it < sizes * (sizes - 1) // 2
    doubtful |= sizes > settings.maximum_size
    doubtful[sizes == 1] = False
    if len(apart):
        split = apart[label[apart[:, 0]] == label[apart[:, 1]]]
        doubtful[label[split[:, 0]]] = True
    return doubtful


class _Rebuilder:
    """Builds doubtful components up from single records."""

    def __init__(
        self,
        pairs: Pairs,
        model: HouseholdModel,
        settings: ClusterSettings,
        *,
        apart: np.ndarray,
    ) -> None:
        self.names = list(pairs.levels)
        self.settings = settings
        self.pairs = pairs
        self.apart = apart
        count = settings.record_count
        self.base = (
            np.log(model.person_pairs * count),
            np.log(model.home_pairs * count),
            np.log(count * (count - 1) / 2),
        )
        self.rates = [
            tuple(
                np.log(np.maximum(kind[name], 1e-12)).tolist()
                for kind in (model.person, model.home, model.strangers)
            )
            for name in self.names
        ]
        threshold = settings.match_threshold
        self.least = float(np.log(threshold / (1 - threshold))) if threshold < 1 else 50.0
        self._known_odds: dict[tuple[int, ...], float] = {}

    def log_odds(self, levels: list[int]) -> float:
        """Return the log odds of one person against any two, for levels in the order of names."""
        pattern = tuple(levels)
        if pattern not in self._known_odds:
            self._known_odds[pattern] = self._weigh(levels)
        return self._known_odds[pattern]

    def _weigh(self, levels: list[int]) -> float:
        person, home, strangers = self.base
        for place, level in enumerate(levels):
            if level >= 0:
                rates = self.rates[place]
                person += rates[0][level]
                home += rates[1][level]
                strangers += rates[2][level]
        odds = float(person - np.logaddexp(home, strangers))
        named = {name: np.array([level]) for name, level in zip(self.names, levels, strict=True)}
        most = float(limits(named)[0])
        return odds if most == 1.0 else min(odds, float(np.log(most / (1 - most))))

    def relabel(self, label: np.ndarray, doubtful: np.ndarray) -> np.ndarray:
        """Return labels in which each doubtful component is replaced by its rebuilt parts."""
        result = label.copy()
        following = int(label.max()) + 1
        order = np.argsort(label[self.pairs.left], kind="stable")
        bounds = np.searchsorted(label[self.pairs.left][order], np.flatnonzero(doubtful))
        ends = np.searchsorted(
            label[self.pairs.left][order], np.flatnonzero(doubtful), side="right"
        )
        members_of = _members(label, doubtful)
        for component, start, end in zip(np.flatnonzero(doubtful), bounds, ends, strict=True):
            for part in self._rebuild(members_of[int(component)], order[start:end])[1:]:
                result[part] = following
                following += 1
        return result

    def _rebuild(self, members: np.ndarray, rows: np.ndarray) -> list[list[int]]:
        """Return the parts of one component."""
        groups = [members]
        for cut in CUTS:
            if max(len(group) for group in groups) <= LARGEST_GROUP:
                break
            groups = [part for group in groups for part in self._cut(group, rows, cut)]
        parts: list[list[int]] = []
        for group in groups:
            if len(group) > LARGEST_GROUP:
                # Too large and too dense to judge: nobody is merged on such evidence.
                parts.extend([record] for record in group.tolist())
            else:
                parts.extend(self._agglomerate(group, rows))
        return sorted(parts, key=min)

    def _cut(self, group: np.ndarray, rows: np.ndarray, cut: float) -> list[np.ndarray]:
        """Split a large group at links weaker than `cut`."""
        place = {record: index for index, record in enumerate(group.tolist())}
        kept = rows[self.pairs.probability[rows] >= cut]
        links = [
            (place[a], place[b])
            for a, b in zip(
                self.pairs.left[kept].tolist(), self.pairs.right[kept].tolist(), strict=True
            )
            if a in place and b in place
        ]
        array = np.array(links, dtype=np.int64).reshape(-1, 2)
        label = _components(array[:, 0], array[:, 1], len(group))
        return [group[label == number] for number in range(int(label.max()) + 1)]

    def _agglomerate(self, group: np.ndarray, rows: np.ndarray) -> list[list[int]]:
        state = _Parts(self, group, rows)
        while state.join_best():
            pass
        return state.finished()


def _members(label: np.ndarray, doubtful: np.ndarray) -> dict[int, np.ndarray]:
    chosen = np.flatnonzero(doubtful[label])
    order = chosen[np.argsort(label[chosen], kind="stable")]
    labels = label[order]
    starts = np.flatnonzero(np.r_[True, labels[1:] != labels[:-1]])
    return dict(zip(labels[starts].tolist(), np.split(order, starts[1:]), strict=True))


class _Parts:
    """The parts of one group while they are being joined."""

    def __init__(self, owner: _Rebuilder, group: np.ndarray, rows: np.ndarray) -> None:
        self.owner = owner
        self.records = {number: [record] for number, record in enumerate(group.tolist())}
        part_of = {record: number for number, record in enumerate(group.tolist())}
        self.matches: dict[tuple[int, int], int] = {}
        self.best: dict[tuple[int, int], float] = {}
        self.levels: dict[tuple[int, int], list[int]] = {}
        self.odds: dict[tuple[int, int], float] = {}
        self.inner = dict.fromkeys(self.records, 0)
        self.forbidden = {
            self._pair(part_of[a], part_of[b])
            for a, b in owner.apart.tolist()
            if a in part_of and b in part_of and part_of[a] != part_of[b]
        }
        pairs = owner.pairs
        columns = [pairs.levels[name] for name in owner.names]
        threshold = owner.settings.match_threshold
        for row in rows.tolist():
            a, b = part_of.get(int(pairs.left[row])), part_of.get(int(pairs.right[row]))
            if a is None or b is None:
                continue
            is_match = int(pairs.probability[row] >= threshold)
            key = self._pair(a, b)
            found = [int(column[row]) for column in columns]
            known = self.levels.get(key)
            self.levels[key] = found if known is None else self._combined(known, found)
            self.matches[key] = self.matches.get(key, 0) + is_match
        for key in self.levels:
            self.odds[key] = self.owner.log_odds(self.levels[key])

    @staticmethod
    def _pair(a: int, b: int) -> tuple[int, int]:
        return (a, b) if a < b else (b, a)

    def _combined(self, one: list[int], other: list[int]) -> list[int]:
        """Levels of two parts as wholes: the most alike of their records speak for them.

        But an initial says less than any two full names, and one system that holds a record of
        each is one system.
        """
        result = []
        for place, (a, b) in enumerate(zip(one, other, strict=True)):
            name = self.owner.names[place]
            if a < 0 or b < 0:
                result.append(max(a, b))
            elif name == "system":
                result.append(min(a, b))
            elif name == "first" and INITIAL in (a, b):
                result.append(a if b == INITIAL else b)
            else:
                result.append(max(a, b))
        return result

    def _allowed(self, key: tuple[int, int]) -> bool:
        if key in self.forbidden:
            return False
        a, b = key
        size = len(self.records[a]) + len(self.records[b])
        if size <= self.owner.settings.maximum_size:
            return True
        matches = self.inner[a] + self.inner[b] + self.matches.get(key, 0)
        return matches >= PROVEN_DENSITY * size * (size - 1) / 2

    def join_best(self) -> bool:
        """Join the two parts most surely one person; False when none is left to join."""
        ranked = sorted(
            (
                (-odds, key)
                for key, odds in self.odds.items()
                if odds >= self.owner.least and self._allowed(key)
            ),
        )
        for _, key in ranked:
            if not self._is_torn(key):
                self._join(key)
                return True
        return False

    def _is_torn(self, key: tuple[int, int]) -> bool:
        """A single record that fits another part as well, while those two parts are not one."""
        for single, chosen in (key, key[::-1]):
            if len(self.records[single]) > 1:
                continue
            for other in self.records:
                if other in key or len(self.records[other]) < 1:
                    continue
                rival = self.odds.get(self._pair(single, other))
                between = self.odds.get(self._pair(chosen, other))
                if (
                    rival is not None
                    and rival > self.odds[key] - CLEAR_MARGIN
                    and between is not None
                    and between < 0
                ):
                    return True
        return False

    def _join(self, key: tuple[int, int]) -> None:
        kept, gone = key
        self.records[kept] += self.records.pop(gone)
        self.inner[kept] += self.inner.pop(gone) + self.matches.pop(key, 0)
        del self.odds[key], self.levels[key]
        for other in self.records:
            if other == kept:
                continue
            old, new = self._pair(gone, other), self._pair(kept, other)
            if old in self.forbidden:
                self.forbidden.add(new)
            if old not in self.levels:
                continue
            found = self.levels.pop(old)
            self.odds.pop(old)
            known = self.levels.get(new)
            self.levels[new] = found if known is None else self._combined(known, found)
            self.odds[new] = self.owner.log_odds(self.levels[new])
            self.matches[new] = self.matches.get(new, 0) + self.matches.pop(old, 0)

    def finished(self) -> list[list[int]]:
        """Return the parts as they are."""
        return [sorted(records) for records in self.records.values()]
