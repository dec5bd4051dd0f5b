import type { Fault } from '../faults/fault.ts';
import type { CheckedParamsOf, OperationInput, OperationName } from '../operations/registry.ts';
import type { RecordOutcomes } from '../transport.ts';
import type { PackingBounds } from './packing-bounds.ts';

/** What one call brings to a call that several share. */
export interface Freight {
  /** Only calls of one lane may share: one bulk operation, workspace, rule of deduplication, key type, list, object type. */
  readonly lane: string;
  readonly records: number;
  /** As JSON. */
  readonly bytes: number;
  /** What Marketo may know its records by: two calls with one value in common never share a call. */
  readonly values: readonly string[];
  /** What one call of the lane may hold at most. */
  readonly room: { readonly records: number; readonly bytes: number };
}

/** What is known of a call beside its params. */
export interface Circumstances {
  readonly bounds: PackingBounds;
  readonly workspace: string | null;
  /** Whether its sender says that a repeat is harmless. */
  readonly mayRepeat: boolean;
}

/** The answer to a packed call. */
export type Answer = RecordOutcomes & { readonly result: unknown };

/** What the answer to a packed call says of one of the calls in it. */
export type Own =
  /** As alone it would have been answered. A record in it may have failed. */
  | ({ readonly kind: 'answered' } & Answer)
  /** As alone it would have met it. */
  | { readonly kind: 'fault'; readonly fault: Fault }
  /** It failed, and for its own sake, but the answer says less of it than alone it would be told. `message`: what it says. */
  | { readonly kind: 'again-alone'; readonly message: string }
  /** The answer speaks of several as one, has not room for all, or does not say whose is whose: with fewer in a call it does. */
  | { readonly kind: 'again-halved' };

/** How calls of one operation travel together. `params` are those of calls of one lane, in their order. */
export interface Packing<O extends OperationName> {
  /** Null: it travels alone. The lane is what is particular to the operation. */
  freightOf(params: CheckedParamsOf<O>, circumstances: Circumstances): Freight | null;
  packed(params: readonly [CheckedParamsOf<O>, ...CheckedParamsOf<O>[]]): OperationInput;
  /** Null: the answer does not fit the request. */
  unpacked(
    params: readonly CheckedParamsOf<O>[],
    answer: Answer,
    bounds: PackingBounds,
  ): readonly Own[] | null;
}
