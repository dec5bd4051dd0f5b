import { describe, expect, test } from 'vitest';
import { FOREIGN_GROUPS_KEPT_MS, foreignGroup } from '../../../shared/job/foreign-groups.ts';
import { firstRow, type JobState } from '../../../shared/ledger/row.ts';
import { createDirectory } from '../../../shared/marketo/rest/directory/create-directory.ts';
import { readStatus, statusJson } from '../../../shared/operate/status.ts';
import { askingOf, marketoError } from '../../support/asking.ts';
import { leadJob } from '../../support/letters.ts';
import { operateWorld } from '../../support/operate.ts';

const NO_WORDS = () => 'no words';

describe('the status of a stack', () => {
  test('names nothing but the parts where all can be read', async () => {
    const { ports, deadLetter } = operateWorld();
    await deadLetter(leadJob('one'));
    const json = statusJson(await readStatus(ports, NO_WORDS));
    expect(Object.keys(json)).toEqual(['budget', 'queue', 'parked', 'deadLetters']);
    expect(json).toMatchObject({
      budget: { account: 'default', left: 1_000 },
      queue: { visible: 0, inFlight: 0, oldestAgeMs: null },
      deadLetters: { open: 1 },
    });
  });

  test('counts parked jobs apart from the queue', async () => {
    const { ports, putRow } = operateWorld();
    const put = (jobId: string, state: JobState) =>
      putRow({ ...firstRow(leadJob(jobId), { sequenceNumber: null, enqueuedAt: ports.clock() }), state });
    expect(statusJson(await readStatus(ports, NO_WORDS))).toMatchObject({ parked: 0 });
    await put('parked', {
      kind: 'parked',
      until: ports.clock() + 3_600_000,
      body: { kind: 'inline', text: '{}' },
      groupId: 'group',
    });
    await put('queued', { kind: 'queued' });
    const status = await readStatus(ports, NO_WORDS);
    expect(statusJson(status)).toMatchObject({ parked: 1, queue: { visible: 0 } });
  });

  test('says since when Marketo refuses to describe the fields, and says nothing where it does', async () => {
    const { ports } = operateWorld();
    const { directoryStore: store, clock } = ports;
    const worker = createDirectory({
      store,
      clock,
      host: 'h',
      clientId: 'c',
      onStoreTrouble: () => undefined,
    });
    await worker.leadFields(askingOf(() => marketoError(603)));
    const at = new Date(clock()).toISOString();
    expect(statusJson(await readStatus(ports, NO_WORDS))).toMatchObject({ fieldsRefusedAt: at });
    const other = createDirectory({
      store,
      clock,
      host: 'h',
      clientId: 'd',
      onStoreTrouble: () => undefined,
    });
    await other.leadFields(askingOf(() => [{ displayName: 'A', dataType: 'string', rest: { name: 'a' } }]));
    expect(statusJson(await readStatus(ports, NO_WORDS))).not.toHaveProperty('fieldsRefusedAt');
  });

  test('tells of jobs in foreign groups until a week after the last', async () => {
    const { ports } = operateWorld();
    const { clock, foreignGroups } = ports;
    await foreignGroups.change(() => foreignGroup('marketo', 'crm-1', clock() - FOREIGN_GROUPS_KEPT_MS));
    const at = new Date(clock() - FOREIGN_GROUPS_KEPT_MS).toISOString();
    expect(statusJson(await readStatus(ports, NO_WORDS))).toMatchObject({
      foreignGroups: { jobs: 1, since: at, lastAt: at, groups: [{ name: 'marketo', jobId: 'crm-1' }] },
    });
    await ports.sleep(1);
    expect(statusJson(await readStatus(ports, NO_WORDS))).not.toHaveProperty('foreignGroups');
  });

  test('shows the rest where a part cannot be read, with the reader’s own words for it', async () => {
    const { ports } = operateWorld();
    const archive = {
      ...ports.archive,
      summaries: () => {
        throw new Error('refused');
      },
    };
    const status = await readStatus({ ...ports, archive }, (error) => `no: ${String(error)}`);
    expect(statusJson(status)).toMatchObject({
      budget: { left: 1_000 },
      deadLetters: null,
      trouble: ['the dead letters cannot be read: no: Error: refused'],
    });
  });

  test('says how old the oldest message is, as the queue says it', async () => {
    const { ports } = operateWorld();
    const status = await readStatus({ ...ports, oldestMessageAge: async () => 60_000 }, String);
    expect(statusJson(status)).toMatchObject({ queue: { oldestAgeMs: 60_000 } });
  });

  test('says all the rest where the queue does not answer that', async () => {
    const { ports } = operateWorld();
    const oldestMessageAge = () => Promise.reject(new Error('refused'));
    const status = await readStatus({ ...ports, oldestMessageAge }, (error) => `no: ${String(error)}`);
    expect(statusJson(status)).toMatchObject({
      queue: { visible: 0, oldestAgeMs: null },
      trouble: ['the age of the oldest message cannot be read: no: Error: refused'],
    });
  });
});
