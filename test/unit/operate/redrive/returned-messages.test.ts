import { describe, expect, test } from 'vitest';
import type { Job } from '../../../../shared/job/job.ts';
import { messageFor } from '../../../../shared/job/message.ts';
import { ReturnedMessages } from '../../../../shared/operate/redrive/returned-messages.ts';
import { leadJob, letterWorld, NOON } from '../../../support/letters.ts';

type World = ReturnType<typeof letterWorld>;

/** The messages of these jobs, handed out; `lines` are what a program was given. */
async function handedOut(world: World, ...jobs: readonly Job[]) {
  const edits = new Map<string, string>();
  const messages = new ReturnedMessages(edits, world.ports.clock);
  const lines: string[] = [];
  for (const job of jobs) {
    const head = await world.deadLetter(job);
    lines.push(messages.give({ kind: 'message', head, text: messageFor(job).body }) ?? 'null');
  }
  return { messages, edits, lines };
}

const JOBS = ['a', 'b', 'c'].map((id) => leadJob(id));
const edited = (id: string) => JSON.stringify(leadJob(id, 'mended@example.com'));

describe('messages that a program gives back', () => {
  test('are told by their ids, in any order, and one that is as it was is no edit', async () => {
    const world = letterWorld();
    const { messages, edits, lines } = await handedOut(world, ...JOBS);
    expect(lines.map((line) => JSON.parse(line))).toEqual(JOBS);
    const respaced = JSON.stringify(JSON.parse(lines[1] ?? ''), null, 1).replaceAll('\n', '');
    for (const line of [edited('c'), '', respaced, edited('a')]) messages.take(line);
    const returned = await messages.end(world.ports);
    expect(returned).toMatchObject({ kind: 'edits' });
    expect([...edits]).toEqual([
      ['c', edited('c')],
      ['a', edited('a')],
    ]);
    expect(returned.kind === 'edits' && returned.samples.map(({ letterId }) => letterId)).toEqual(['c', 'a']);
  });

  test.each([
    [
      'came twice',
      [edited('a'), edited('a'), edited('b'), edited('c')],
      { id: 'a', message: 'was not asked for, or came back twice' },
    ],
    [
      'was not asked for',
      [edited('a'), edited('b'), edited('c'), edited('d')],
      { id: 'd', message: 'was not asked for, or came back twice' },
    ],
    [
      'is no JSON',
      [edited('a'), edited('b'), edited('c'), 'Traceback (most recent call last):'],
      { id: null, message: expect.stringContaining('has no id that can be read: the body is not JSON') },
    ],
    [
      'is no valid job',
      [edited('a'), edited('b'), edited('c').replace('"Email"', '"email"')],
      { id: 'c', message: expect.stringContaining('unknown name') },
    ],
    [
      'names a lead that was erased',
      [edited('a'), edited('b'), edited('c').replace('mended@example.com', '[forgotten]')],
      { id: 'c', message: expect.stringContaining('erased') },
    ],
  ])('refuse the lot if one %s', async (_, lines, problem) => {
    const world = letterWorld();
    const { messages } = await handedOut(world, ...JOBS);
    for (const line of lines) messages.take(line);
    expect(await messages.end(world.ports)).toEqual({ kind: 'refused', problems: [problem] });
  });

  test('refuse the lot if one did not come back', async () => {
    const world = letterWorld();
    const { messages } = await handedOut(world, ...JOBS);
    for (const id of ['a', 'b']) messages.take(edited(id));
    expect(await messages.end(world.ports)).toEqual({
      kind: 'refused',
      problems: [{ id: 'c', message: 'did not come back' }],
    });
  });

  test('may leave their batch, and enter none that was cancelled', async () => {
    const world = letterWorld();
    const job = leadJob('a', undefined, { batch: 'old' });
    const { batch: _, ...without } = job;
    const answer = async (line: Partial<Job>) => {
      const { messages } = await handedOut(world, job);
      messages.take(JSON.stringify(line));
      return messages.end(world.ports);
    };
    await world.ports.cancellations.change('new', () => ({ at: NOON }));
    expect(await answer(without)).toMatchObject({ kind: 'edits' });
    expect(await answer({ ...job, batch: 'new' })).toEqual({
      kind: 'refused',
      problems: [{ id: 'a', message: 'its batch new was cancelled' }],
    });
  });

  test('of one job are told apart by their order', async () => {
    const world = letterWorld();
    const again: Job = { ...leadJob('a'), epoch: 1 };
    const { messages, edits } = await handedOut(world, leadJob('a'), again);
    messages.take(edited('a'));
    messages.take(edited('a'));
    expect(await messages.end(world.ports)).toMatchObject({ kind: 'edits' });
    expect([...edits.keys()]).toEqual(['a', 'a#1']);
  });

  test('are none of a text that is no JSON', async () => {
    const world = letterWorld();
    const head = await world.deadLetter(leadJob('a'));
    expect(
      new ReturnedMessages(new Map(), world.ports.clock).give({ kind: 'message', head, text: '{' }),
    ).toBeNull();
  });
});
