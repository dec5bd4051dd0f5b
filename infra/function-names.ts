/** Apart from bundles.ts, which needs esbuild: the construct does not. */
export const FUNCTION_NAMES = ['worker', 'collector', 'warden'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];
