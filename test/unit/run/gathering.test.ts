import { describe, expect, test } from 'vitest';
import { gathering } from '../../../shared/run/gathering.ts';
import { virtualTime } from '../../memory/virtual-time.ts';
import { deliveryOf, syncLeadJob } from '../../support/work-world.ts';

const deliveries = Array.from({ length: 3 }, (_, i) => deliveryOf(syncLeadJob(`j${i}`)));
const [one, two, three] = deliveries;
if (one === undefined || two === undefined || three === undefined) throw new Error('three deliveries');

describe('gathering', () => {
  test('makes one request of what comes within a few milliseconds, and another of what comes later', async () => {
    const time = virtualTime(0);
    const sent: unknown[] = [];
    const ask = gathering<number>(time.sleep, async (asked, want) => {
      sent.push([time.clock(), want, asked.map(({ messageId }) => messageId)]);
    });
    const first = Promise.all([ask(one, 0), ask(two, 0)]);
    time.schedule(6, () => void ask(three, 0));
    await time.run(() => false);
    await first;
    expect(sent).toEqual([
      [5, 0, [one.messageId, two.messageId]],
      [11, 0, [three.messageId]],
    ]);
  });

  test('keeps apart what is to be asked differently', async () => {
    const time = virtualTime(0);
    const sent: number[] = [];
    const ask = gathering<number>(time.sleep, async (_asked, want) => {
      sent.push(want);
    });
    void ask(one, 0);
    void ask(two, 300_000);
    await time.run(() => false);
    expect(sent).toEqual([0, 300_000]);
  });

  test('resolves for each when its own request has ended', async () => {
    const time = virtualTime(0);
    const ask = gathering<number>(time.sleep, (_asked, want) => time.sleep(want));
    let ended = 0;
    void ask(one, 10).then(() => {
      ended = time.clock();
    });
    await time.run(() => false);
    expect(ended).toBe(15);
  });
});
