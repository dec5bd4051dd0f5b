import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { stackNameOf } from '../shared/config/names.ts';
import { MarketoWorker } from './marketo-worker.ts';
import type { MarketoWorkerProps } from './worker-props.ts';

/** `env` says to which AWS account and region; the boundary is the construct's. */
export interface MarketoStackProps extends Omit<StackProps, 'permissionsBoundary'>, MarketoWorkerProps {}

/** One stack per Marketo subscription, `mktq-<account>`. Protected, unless told: deleting it deletes the jobs in its queue. */
export class MarketoStack extends Stack {
  readonly marketoWorker: MarketoWorker;

  constructor(scope: Construct, { permissionsBoundary, ...props }: MarketoStackProps) {
    super(scope, stackNameOf(props.account, props.resourcePrefix), {
      ...props,
      // A prop may also be there as undefined.
      description:
        props.description ?? `mktq: the queue in front of the Marketo subscription ${props.account}`,
      terminationProtection: props.terminationProtection ?? true,
    });
    const boundary = permissionsBoundary === undefined ? {} : { permissionsBoundary };
    this.marketoWorker = new MarketoWorker(this, 'MarketoWorker', { ...props, ...boundary });
  }
}
