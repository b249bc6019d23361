"""Jobs that a worker has died of: done again in a process of their own, without a step that held it for too long."""

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
    """Do a job that was at work in a worker as that died; raises BrokenProcessPool where it dies of anything but time.

    A step that the watchdog has ended it for is left out: its record is then too_slow, and the others are not.
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
