import type { Environment } from '../shared/config/environment.ts';
import { allOf, type JobEvents } from '../shared/run/job-events.ts';
import { tellCompleted } from '../shared/run/tell-completed.ts';
import { type Composed, type FunctionPorts, stackOf } from './compose.ts';

/** What the worker says of its jobs: besides what every function says of them, each end, to whom it was given. */
export function composeJobEvents(
  env: Environment,
  { events }: FunctionPorts,
  { ports }: Pick<Composed, 'ports'>,
): JobEvents {
  if (events?.completed !== true) return ports.jobEvents;
  return allOf([ports.jobEvents, tellCompleted({ ...ports, events: events.to, stack: stackOf(env) })]);
}
