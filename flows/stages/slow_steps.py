"""Jobs whose worker has died: they are done again in a process of their own, without the steps that it died of."""

from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from typing import TypeVar

from flows.jobs.extracted_parts import ExtractJob
from flows.jobs.missing import CarryJob
from flows.jobs.stripped_parts import StripJob
from flows.jobs.tally import Tally
from flows.jobs.time_limits import overdue_step, step_at_death
from flows.running.workers import Workers

Job = TypeVar("Job", ExtractJob, StripJob, CarryJob)
OnArticles = TypeVar("OnArticles", StripJob, CarryJob)


def run_apart(workers: Workers, work: Callable[[Job], Tally], job: Job) -> Tally:
    """Do a job again after its worker has died; raise BrokenProcessPool if this one dies of anything but time.

    A step that a worker was ended for is left out, so that its record is too_slow and the others are not.
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


def run_without_deadly(workers: Workers, work: Callable[[OnArticles], Tally], job: OnArticles) -> Tally:
    """Do a job on articles again; where that process dies too, first one by one, then without the one it dies of."""
    while True:
        try:
            return run_apart(workers, work, job)
        except BrokenProcessPool:
            step, _ = step_at_death(job.mark) or (None, False)
            if workers.stopped or step is None or step in job.deadly:
                raise
            job = replace(job, deadly=job.deadly | {step})
