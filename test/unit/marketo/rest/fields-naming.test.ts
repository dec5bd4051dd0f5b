import { expect, test } from 'vitest';
import { fieldsNaming } from '../../../../shared/marketo/rest/leads/fields-naming.ts';
import { leadFieldsOf } from '../../../../shared/marketo/rest/leads/lead-fields.ts';
import { restStage } from '../../../support/rest-stage.ts';
import { STUB_FIELDS } from '../../../support/stub-lead-fields.ts';

/** A directory whose copy lacks every field, and what it was asked for. */
function oldCopy() {
  const asked: (boolean | undefined)[] = [];
  const leadFields = async (_: unknown, want?: { readonly fresh?: boolean }) => {
    asked.push(want?.fresh);
    return want?.fresh === true ? STUB_FIELDS : leadFieldsOf([]);
  };
  return { asked, session: restStage([], { directory: { leadFields } }).session };
}

test('fields are read again where the copy lacks a name', async () => {
  const { asked, session } = oldCopy();
  expect((await fieldsNaming(session, ['FirstName'])).bySoapName('FirstName')?.rest).toBe('firstName');
  expect(asked).toEqual([undefined, true]);
});

test('fields are not read again where no name is missed', async () => {
  const { asked, session } = oldCopy();
  await fieldsNaming(session, []);
  expect(asked).toEqual([undefined]);
});
