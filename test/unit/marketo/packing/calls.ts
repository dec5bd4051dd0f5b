import type { OperationName, ParamsOf } from '../../../../shared/marketo/operations/registry.ts';
import { freightOf } from '../../../../shared/marketo/packing/packing.ts';
import type { PackingBounds } from '../../../../shared/marketo/packing/packing-bounds.ts';
import type { Call } from '../../../../shared/marketo/transport.ts';
import { checked } from '../../../support/checked.ts';

export const callOf = <O extends OperationName>(operation: O, params: ParamsOf<O>): Call => ({
  ...checked(operation, params),
  workspace: null,
});

/** Whether two calls may share one by their lanes and by their values. */
export function mayShare(one: Call, other: Call, bounds: PackingBounds, mayRepeat = false): boolean {
  const [first, second] = [freightOf(one, bounds, { mayRepeat }), freightOf(other, bounds, { mayRepeat })];
  if (first === null || second === null) return false;
  return first.lane === second.lane && !first.values.some((value) => second.values.includes(value));
}
