import type { Adapters } from '../shared/aws/adapters.ts';
import type { Environment } from '../shared/config/environment.ts';
import { ENV } from '../shared/config/names.ts';
import { allOf, type JobEvents } from '../shared/run/job-events.ts';
import { watchTakenBatches } from '../shared/run/taken-batches.ts';
import { tellCompleted } from '../shared/run/tell-completed.ts';
import { type Composed, type FunctionPorts, stackOf } from './compose.ts';

/** What the worker says of its jobs: where somebody is told of events, which batches there are; and each end, to whom it was given. */
export function composeJobEvents(
  env: Environment,
  { events }: FunctionPorts,
  { ports, adapters }: Pick<Composed, 'ports'> & { readonly adapters: Pick<Adapters, 'openBatches'> },
): JobEvents {
  const named = [ENV.eventBus, ENV.eventTopicArn].some((name) => (env[name] ?? '') !== '');
  if (events === undefined && !named) return ports.jobEvents;
  const batches = watchTakenBatches({ ...ports, openBatches: adapters.openBatches });
  if (events?.completed !== true) return batches;
  return allOf([batches, tellCompleted({ ...ports, events: events.to, stack: stackOf(env) })]);
}
