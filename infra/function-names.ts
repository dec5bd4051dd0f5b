import type { TransportName } from '../shared/config/transports.ts';

/** Apart from bundles.ts, which needs esbuild: the construct does not. */
export const FUNCTION_NAMES = ['worker', 'collector', 'warden'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** The code of those that call Marketo, each bundled once for every transport: of the worker also with what tells of jobs, and with what draws them, too. */
export const CALLING_BUNDLES = ['worker', 'telling-worker', 'traced-worker', 'warden'] as const;
export type BundleName = FunctionName | (typeof CALLING_BUNDLES)[number];

/** A folder among the bundles. The collector calls nobody and is the same over either transport. */
export const bundleOf = (name: BundleName, transport: TransportName): string =>
  name === 'collector' ? name : `${transport}/${name}`;
