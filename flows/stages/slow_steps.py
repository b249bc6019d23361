"""Jobs whose worker has died: they are done again in a process of their own, without steps that took too long."""

from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from typing import TypeVar

from flows.jobs.extracted_parts import ExtractJob
from flows.jobs.stripped_parts import StripJob
from flows.jobs.tally import Tally
from flows.jobs.time_limits import overdue_step
from flows.running.workers import Workers

Job = TypeVar("Job", ExtractJob, StripJob)


def run_apart(workers: Workers, work: Callable[[Job], Tally], job: Job) -> Tally:
    """Do a job again after its worker has died; raise BrokenProcessPool if this one dies of anything but time.

    A step that the watchdog ended a worker for is left out, so that its record is too_slow and the others are not.
    """
    while not workers.stopped:
        step = overdue_step(job.mark)
        if step:
            job = replace(job, slow=job.slow | {step})
        try:
            return workers.run_apart(work, job)
        except BrokenProcessPool:
            if overdue_step(job.mark) in (None, *job.slow):
                raise
    raise BrokenProcessPool("the run was stopped")
