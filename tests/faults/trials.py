"""The trials by name, each with a seed: what goes wrong, and what must hold nevertheless."""

from tests.faults import keeping, pushes, replicas, updates
from tests.faults.sizes import Trial

TRIALS: dict[str, Trial] = {
    "O1": pushes.killed,
    "O1P": pushes.looked,
    "O2": pushes.torn,
    "O2P": pushes.torn_and_looked,
    "O3": pushes.crashed,
    "O5": pushes.limits,
    "O7": pushes.refused,
    "R1": updates.received,
    "R2": updates.stopped,
    "R3": updates.stumbling,
    "R4": updates.poisoned,
    "R5": updates.away,
    "R6": keeping.alone,
    "R6P": replicas.killed,
    "R7": updates.silent,
    "R8": updates.ordered,
    "D1": keeping.locked,
    "D2": keeping.crowded,
    "D4": keeping.copied,
    "D5": keeping.full,
    "C1": pushes.punctual,
    "C2": keeping.dated,
    "X2": keeping.soaked,
}
