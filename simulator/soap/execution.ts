import type { Arrival, Execution } from '../execution.ts';
import { ServiceFault } from './fault.ts';
import type { Markup } from './markup.ts';
import { operations } from './operations/registry.ts';
import { child } from './params.ts';
import { fingerprintOf, leadsNamedIn } from './request-keys.ts';
import type { Element } from './xml.ts';

/** A call as far as the books and the instance care: the header is spent. */
export interface SoapCall {
  readonly operation: string;
  readonly params: Element;
  readonly workspace: string | null;
}

export function soapArrival({ operation, params }: SoapCall): Arrival {
  const keys = leadsNamedIn(params).map(({ key }) => key);
  return { operation, keys, fingerprint: fingerprintOf(operation, params) };
}

export function soapExecution(call: SoapCall): Execution<Markup> {
  const operation = operations.get(call.operation);
  const params = operation?.writes === true ? call.params : null;
  return {
    run: (instance, now) => {
      if (operation === undefined) throw new ServiceFault(20019);
      return operation.run(instance, { ...call, now });
    },
    written: () => writtenBy(params),
    line: (seq, now) => ({ kind: 'executed', seq, now, workspace: call.workspace, params }),
  };
}

/** ISMEMBEROFLIST shares its operation with two writes. */
function writtenBy(params: Element | null) {
  if (params === null || child(params, 'listOperation')?.text === 'ISMEMBEROFLIST') return [];
  return leadsNamedIn(params);
}
