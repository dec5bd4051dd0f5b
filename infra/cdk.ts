/** What `mktq/cdk` is to an app. */
export type { AlarmThresholds, Severity } from './alarm-rules.ts';
export type { EventsProps } from './events.ts';
export { MarketoStack, type MarketoStackProps } from './marketo-stack.ts';
export { MarketoWorker } from './marketo-worker.ts';
export type { WorkerSettings } from './settings.ts';
export type { MarketoWorkerProps } from './worker-props.ts';
