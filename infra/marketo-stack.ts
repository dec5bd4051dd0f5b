import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { stackNameOf } from '../shared/config/names.ts';
import { MarketoWorker, type MarketoWorkerProps } from './marketo-worker.ts';

export interface MarketoStackProps extends StackProps, MarketoWorkerProps {}

/** One stack per Marketo subscription, `mktq-<account>`. Protected: deleting it deletes the jobs in its queue. */
export class MarketoStack extends Stack {
  readonly marketoWorker: MarketoWorker;

  constructor(scope: Construct, props: MarketoStackProps) {
    super(scope, stackNameOf(props.account), {
      description: `mktq: the queue in front of the Marketo subscription ${props.account}`,
      terminationProtection: true,
      ...props,
    });
    this.marketoWorker = new MarketoWorker(this, 'MarketoWorker', props);
  }
}
