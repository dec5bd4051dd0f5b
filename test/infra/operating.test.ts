import { expect, test } from 'vitest';
import { anchorsIn, textOf } from '../support/documents.ts';
import { resourcesOf, synthesise } from './synthesised.ts';

test('docs/operating.md has a heading for each alarm, and for none that is gone', () => {
  const template = synthesise({ account: 'acme' }).stacks['mktq-acme'];
  if (template === undefined) throw new Error('no stack mktq-acme');
  const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(({ Properties }) =>
    String(Properties['AlarmName']).replace(/^mktq-acme-/, ''),
  );
  const [, chapter = ''] = textOf('docs/operating.md').split('\n## Alarms\n');
  expect(anchorsIn(chapter).toSorted()).toEqual(alarms.toSorted());
});
