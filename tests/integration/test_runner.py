"""What is due is done once, however many look at the clock."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from schedules.job import Appointment, Job
from schedules.runner import tick
from storage.database import Session
from tests.conftest import Office


async def test_two_who_look_at_the_clock_at_once_keep_an_appointment_once(office: Office) -> None:
    done = []

    async def due(_: Session, now: datetime) -> Sequence[Appointment]:
        return [Appointment(f"{now:%Y-%m-%d}:{n}", n) for n in range(3)]

    async def run(_: Session, appointment: Appointment, now: datetime) -> None:
        done.append(appointment.what)
        await asyncio.sleep(0)

    job, now = Job("test", due, run), office.clock()
    kept = await asyncio.gather(*(tick(office.database, [job], now) for _ in range(2)))
    kept.append(await tick(office.database, [job], now))
    assert sum(kept) == 3
    assert sorted(done) == [0, 1, 2]
