import { describe, expect, test } from 'vitest';
import type { Job } from '../../../../shared/job/job.ts';
import { messageFor } from '../../../../shared/job/message.ts';
import { messagesOf, planFieldEdits, planTextEdit } from '../../../../shared/operate/redrive/edits.ts';
import type { FieldEdit } from '../../../../shared/operate/redrive/field-edits.ts';
import { prepareLetter } from '../../../../shared/operate/redrive/letter.ts';
import { planRedrive } from '../../../../shared/operate/redrive/plan-redrive.ts';
import { redrive } from '../../../../shared/operate/redrive/redrive.ts';
import { leadJob, letterWorld } from '../../../support/letters.ts';

const BY_ID = { by: 'id', includeInDoubt: false, superseded: false, edited: false } as const;
const RENAME: FieldEdit = { kind: 'rename', field: 'Colour', to: 'color' };

const coloured = (id: string, attrName: string, more: Partial<Job> = {}): Job => ({
  ...leadJob(id, `${id}@example.com`, more),
  operation: 'syncLead',
  params: {
    leadRecord: {
      Email: `${id}@example.com`,
      leadAttributeList: { attribute: [{ attrName, attrValue: 'red' }] },
    },
    returnLead: false,
  },
});

type World = ReturnType<typeof letterWorld>;

async function worldOf(...jobs: readonly Job[]): Promise<World> {
  const world = letterWorld();
  for (const job of jobs) await world.deadLetter(job);
  return world;
}

const planOf = ({ ports }: World, ...ids: readonly string[]) => planRedrive(ports, ids, BY_ID);
async function renamed(world: World, ...ids: readonly string[]) {
  const edits = new Map<string, string>();
  return { ...(await planFieldEdits(world.ports, await planOf(world, ...ids), [RENAME], edits)), edits };
}

describe('the fields of many letters', () => {
  test('are edited, and those that have none of them are left out, with the reason', async () => {
    const world = await worldOf(coloured('a', 'Colour'), coloured('b', 'Pants'), leadJob('c'));
    const { plan, edits, samples } = await renamed(world, 'a', 'b', 'c');
    expect(plan.candidates.map(({ letterId }) => letterId)).toEqual(['a']);
    expect(plan.skipped.map(({ letterId, reason }) => [letterId, reason])).toEqual([
      ['b', 'no-such-field'],
      ['c', 'no-such-field'],
    ]);
    expect([...edits]).toEqual([['a', messageFor(coloured('a', 'color')).body]]);
    expect(samples).toEqual([
      {
        letterId: 'a',
        differences: [
          {
            path: 'params.leadRecord.leadAttributeList.attribute[0].attrName',
            before: 'Colour',
            after: 'color',
          },
        ],
      },
    ]);
  });

  test('are sent as they were edited, and the original stays', async () => {
    const world = await worldOf(coloured('a', 'Colour'), coloured('b', 'Colour'));
    const { plan, edits } = await renamed(world, 'a', 'b');
    await redrive(world.ports, plan, {
      edit: async (letterId) => edits.get(letterId) ?? null,
      patienceMs: 0,
      noTrial: true,
    });
    expect(world.sent()).toEqual(['a', 'b'].map((id) => ({ ...coloured(id, 'color'), epoch: 1 })));
    expect(world.letter('a')).toMatchObject({
      status: 'redriven',
      job: { text: messageFor(coloured('a', 'Colour')).body },
      retryBody: { text: messageFor(coloured('a', 'color')).body },
      actions: [{ action: 'edited-redrive' }],
    });
  });

  test('are those of what would be sent: the failed records alone', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('a'), {
      retryBody: { kind: 'inline', text: messageFor(coloured('a', 'Colour')).body },
    });
    expect((await renamed(world, 'a')).edits.get('a')).toBe(messageFor(coloured('a', 'color')).body);
  });

  test('are not sent where they make no valid job, and the others go', async () => {
    const both = coloured('a', 'Colour');
    const [first] =
      both.operation === 'syncLead' ? (both.params.leadRecord.leadAttributeList?.attribute ?? []) : [];
    if (first !== undefined && both.operation === 'syncLead') {
      both.params.leadRecord.leadAttributeList?.attribute.push({ ...first, attrName: 'color' });
    }
    const world = await worldOf(both, coloured('b', 'Colour'), coloured('c', 'Colour'));
    const forgotten = messageFor(coloured('c', 'Colour')).body.replace('red', '[forgotten]');
    await world.ports.archive.change(
      'c',
      (head) => head && { ...head, job: { kind: 'inline', text: forgotten } },
    );
    const { plan, edits } = await renamed(world, 'a', 'b', 'c');
    expect([...edits.keys()]).toEqual(['b']);
    expect(plan.skipped).toEqual([
      { letterId: 'a', reason: 'unfit', message: 'has both Colour and color: --unset one of them' },
      { letterId: 'c', reason: 'unfit', message: expect.stringContaining('a lead that was erased') },
    ]);
  });

  test('do not grow past what a message may have', async () => {
    const world = await worldOf(coloured('a', 'Colour', { meta: { note: 'x'.repeat(261_700) } }));
    const long: FieldEdit = { kind: 'set', field: 'Note', value: 'y'.repeat(2_000) };
    const { plan } = await planFieldEdits(world.ports, await planOf(world, 'a'), [long], new Map());
    expect(plan.skipped).toMatchObject([
      { reason: 'unfit', message: expect.stringContaining('at most 262144') },
    ]);
  });

  test('go on from where a redrive of the same edit was interrupted', async () => {
    const world = await worldOf(coloured('a', 'Colour'));
    await prepareLetter(world.ports, 'a', messageFor(coloured('a', 'color')).body);
    expect(world.letter('a')?.status).toBe('redriving');
    const { plan, edits } = await renamed(world, 'a');
    expect(plan.candidates).toHaveLength(1);
    expect(edits.size).toBe(0);
  });

  test('are skipped where their text is gone, or they cannot be read', async () => {
    const world = await worldOf(
      coloured('a', 'Colour', { meta: { note: 'x'.repeat(80_000) } }),
      coloured('b', 'Colour'),
    );
    const plan = await planOf(world, 'a', 'b');
    world.ports.bodies.lose('a/job');
    await world.ports.archive.remove('b');
    const edited = await planFieldEdits(world.ports, plan, [RENAME], new Map());
    expect(edited.plan).toMatchObject({
      candidates: [],
      skipped: [
        { letterId: 'a', reason: 'unreadable', message: 'the text of its job is gone' },
        { letterId: 'b', reason: 'unreadable', message: 'it was removed meanwhile' },
      ],
    });
    const getAll: typeof world.ports.archive.getAll = async (ids, onUnreadable) => {
      for (const id of ids) onUnreadable(id, new Error('schema 9'));
      return [];
    };
    const archive = { ...world.ports.archive, getAll };
    const read = await Array.fromAsync(messagesOf({ ...world.ports, archive }, plan.candidates));
    expect(read).toMatchObject([{ kind: 'unreadable', message: 'schema 9' }, { kind: 'unreadable' }]);
  });

  test('show the first three that they change', async () => {
    const world = await worldOf(
      coloured('x', 'Pants'),
      ...['a', 'b', 'c', 'd'].map((id) => coloured(id, 'Colour')),
    );
    const { samples } = await renamed(world, 'x', 'a', 'b', 'c', 'd');
    expect(samples.map(({ letterId }) => letterId)).toEqual(['a', 'b', 'c']);
  });
});

describe('a whole message in the place of a letter', () => {
  test('is checked, and held against what the letter has', async () => {
    const world = await worldOf(coloured('a', 'Colour'));
    const text = messageFor(coloured('a', 'color', { batch: 'again' })).body;
    const { edits, samples } = await planTextEdit(world.ports, await planOf(world, 'a'), text);
    expect(edits.get('a')).toBe(text);
    expect(samples[0]?.differences.map(({ path }) => path)).toEqual([
      'params.leadRecord.leadAttributeList.attribute[0].attrName',
      'batch',
    ]);
  });

  test('is not sent if it is no valid job, or one of another id', async () => {
    const world = await worldOf(coloured('a', 'Colour'));
    for (const text of ['{', '{"version":1}', messageFor(leadJob('b')).body]) {
      const { plan, edits } = await planTextEdit(world.ports, await planOf(world, 'a'), text);
      expect(edits.has('a')).toBe(false);
      expect(plan).toMatchObject({ candidates: [], skipped: [{ letterId: 'a', reason: 'unfit' }] });
    }
  });
});
