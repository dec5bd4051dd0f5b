import { inputOf, type OperationName } from '../operations/registry.ts';
import type { Call } from '../transport.ts';
import { deleteCustomObjects, syncCustomObjects } from './custom-objects.ts';
import type { Answer, Freight, Own, Packing } from './freight.ts';
import { getLead } from './get-lead.ts';
import { listOperation } from './list-operation.ts';
import { deleteMObjects, syncMObjects } from './mobjects.ts';
import type { PackingBounds } from './packing-bounds.ts';
import { requestCampaign } from './request-campaign.ts';
import { syncLead } from './sync-lead.ts';

const PACKINGS: { readonly [O in OperationName]?: Packing<O> } = {
  syncLead,
  getLead,
  listOperation,
  syncCustomObjects,
  deleteCustomObjects,
  syncMObjects,
  deleteMObjects,
  requestCampaign,
};

/** The packing of a call's own operation: that it fits the call's params, TypeScript cannot follow by one name. */
const packingOf = ({ operation }: Call): Packing<never> | null => PACKINGS[operation] ?? null;

/** What a call brings to a call that several share; null: it travels alone. `mayRepeat`: its sender says that a repeat is harmless. */
export function freightOf(
  call: Call,
  bounds: PackingBounds,
  { mayRepeat = false }: { readonly mayRepeat?: boolean } = {},
): Freight | null {
  const { workspace } = call;
  const freight = packingOf(call)?.freightOf(call.params as never, { bounds, workspace, mayRepeat }) ?? null;
  if (freight === null || freight.records > freight.room.records || freight.bytes > freight.room.bytes)
    return null;
  return { ...freight, lane: JSON.stringify([call.operation, workspace, freight.lane]) };
}

/** One call out of several of one lane; itself one of the 23 operations, so that a transport carries it unchanged. One alone is itself. */
export function packed(calls: readonly [Call, ...Call[]]): Call {
  const [first, ...others] = calls;
  const packing = packingOf(first);
  if (others.length === 0 || packing === null) return first;
  const params = [first, ...others].map(paramsOf) as unknown as readonly [never, ...never[]];
  return { ...inputOf(packing.packed(params)), workspace: first.workspace };
}

/**
 * What the answer to the packed call says of each, in their order, in the shape that each would have been answered alone. Null:
 * it does not fit the request, by count or by keys; nobody can say what became of whom.
 */
export function unpacked(
  calls: readonly Call[],
  answer: Answer,
  bounds: PackingBounds,
): readonly Own[] | null {
  const [first, ...others] = calls;
  if (first === undefined) return [];
  if (others.length === 0) {
    const { result, records, inOrder } = answer;
    return [{ kind: 'answered', result, records, inOrder }];
  }
  return packingOf(first)?.unpacked(calls.map(paramsOf), answer, bounds) ?? null;
}

const paramsOf = ({ params }: Call): never => params as never;
