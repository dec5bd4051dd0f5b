/** What `mktq/cdk` is to an app. */
export { MarketoStack, type MarketoStackProps } from './marketo-stack.ts';
export { MarketoWorker, type MarketoWorkerProps } from './marketo-worker.ts';
