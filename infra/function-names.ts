import type { TransportName } from '../shared/config/transports.ts';

/** Apart from bundles.ts, which needs esbuild: the construct does not. */
export const FUNCTION_NAMES = ['worker', 'collector', 'warden'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** Those that call Marketo, each bundled once for every transport. */
export const CALLING_FUNCTIONS = ['worker', 'warden'] as const satisfies readonly FunctionName[];

/** A function's folder among the bundles. The collector calls nobody and is the same over either transport. */
export const bundleOf = (name: FunctionName, transport: TransportName): string =>
  name === 'collector' ? name : `${transport}/${name}`;
