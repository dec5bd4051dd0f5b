import * as core from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** cdk-nag 2, an aspect, reads here; it wants of a finding its rule, and what it was found at beside it. */
const METADATA = 'cdk_nag';

/**
 * Says of a finding of cdk-nag, `RULE` or `RULE[finding]`, why it stands at what is in the scope by now. Version 3 asks CDK's
 * validations, a class that older versions of aws-cdk-lib do not have; version 2 the metadata of the resources.
 */
export function acknowledge(scope: IConstruct, id: string, reason: string): void {
  const { Validations } = core as Partial<typeof core>;
  Validations?.of(scope).acknowledge({ id, reason });
  const [, rule, finding] = /^([^[]+)(?:\[(.+)\])?$/.exec(id) ?? [];
  const suppressed = { id: rule, reason, ...(finding === undefined ? {} : { applies_to: [finding] }) };
  for (const resource of scope.node.findAll().filter(core.CfnResource.isCfnResource)) {
    const { rules_to_suppress: others = [] } = resource.getMetadata(METADATA) ?? {};
    resource.addMetadata(METADATA, { rules_to_suppress: [...others, suppressed] });
  }
}
