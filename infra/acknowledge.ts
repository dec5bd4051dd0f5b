import * as core from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Says of a finding of cdk-nag why it stands. Older versions of aws-cdk-lib have no such class, and no rules that ask for it. */
export function acknowledge(scope: IConstruct, id: string, reason: string): void {
  const { Validations } = core as Partial<typeof core>;
  Validations?.of(scope).acknowledge({ id, reason });
}
