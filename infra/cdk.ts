/** What `mktq/cdk` is to an app. */
export type { AlarmThresholds, Severity } from './alarms.ts';
export { MarketoStack, type MarketoStackProps } from './marketo-stack.ts';
export { MarketoWorker, type MarketoWorkerProps } from './marketo-worker.ts';
export type { WorkerSettings } from './settings.ts';
