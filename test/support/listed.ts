import type { JobFilter } from '../../shared/operate/job-filter.ts';
import type { FoundJob } from '../../shared/operate/jobs.ts';
import { type JobPart, type ListEnd, type ListPorts, listJobs } from '../../shared/operate/list-jobs.ts';

/** A list of jobs, read to its end. */
export async function listed(
  ports: ListPorts,
  filter: JobFilter,
  part: JobPart,
): Promise<{ readonly jobs: readonly FoundJob[]; readonly end: ListEnd }> {
  const jobs: FoundJob[] = [];
  const list = listJobs(ports, filter, part);
  for (;;) {
    const next = await list.next();
    if (next.done === true) return { jobs, end: next.value };
    jobs.push(next.value);
  }
}
