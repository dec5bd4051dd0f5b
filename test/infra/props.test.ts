import { afterEach, describe, expect, test } from 'vitest';
import { EVERY_PROP, PROPS, synthesised } from './construct-props.ts';
import { resourcesOf } from './synthesised.ts';

afterEach(() => {
  // CDK marks a failed validation in the process, which would be this test run's.
  process.exitCode = undefined;
});

describe('what a platform team may ask of the construct', () => {
  test.each(Object.entries(PROPS))('%s, alone', (_name, { given, shows }) => {
    const { template, findings } = synthesised(given);
    expect(findings).toEqual([]);
    shows(template);
  });

  test('all of it together', () => {
    const { template, findings } = synthesised(EVERY_PROP);
    expect(findings).toEqual([]);
    expect(resourcesOf(template, 'AWS::Lambda::Function')).toHaveLength(3);
  });

  test('subnets without their network, and a prefix that cannot begin a name, are refused with words', () => {
    expect(() => synthesised(() => ({ vpcSubnets: {} }))).toThrow('say which, with vpc');
    expect(() => synthesised(() => ({ resourcePrefix: 'environment-of-ours-'.repeat(2) }))).toThrow(
      'cannot begin a queue',
    );
  });
});
