import type { Arrival, Execution } from '../execution.ts';
import type { Instance } from '../instance/instance.ts';
import type { LeadMention } from '../witness.ts';
import type { RestResult } from './endpoint.ts';
import { fingerprintOf, type RestRequest } from './request.ts';
import { RestError } from './rest-error.ts';
import { type Route, route } from './router.ts';

export function restArrival(
  { endpoint, name, path }: Route,
  request: RestRequest,
  instance: Instance,
): Arrival {
  const keys = endpoint.leads?.({ request, path, instance }).map(({ key }) => key) ?? [];
  return { operation: name, keys, fingerprint: fingerprintOf(request) };
}

export function restExecution(request: RestRequest): Execution<RestResult> {
  const found = route(request.method, request.path);
  if (found instanceof RestError) throw found;
  const { endpoint, path } = found;
  return {
    run: (instance, now, gate) => endpoint.serve({ request, path, instance, now, gate }),
    written: (instance) => (endpoint.writes ? writtenBy(found, request, instance) : []),
    line: (seq, now) => ({
      kind: 'executed-rest',
      seq,
      now,
      request: endpoint.writes ? request : null,
    }),
  };
}

function writtenBy(
  { endpoint, path }: Route,
  request: RestRequest,
  instance: Instance,
): readonly LeadMention[] {
  return endpoint.leads?.({ request, path, instance }) ?? [];
}
