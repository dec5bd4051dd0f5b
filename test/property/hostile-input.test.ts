import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvLeads } from '../../cli/source/csv-leads.ts';
import { jsonRows } from '../../cli/source/json-rows.ts';
import { linesOf } from '../../cli/source/lines.ts';
import { prepare } from '../../client/prepare.ts';
import { causeOf } from '../../shared/deadletter/cause.ts';
import { readNotice } from '../../shared/deadletter/notice.ts';
import { parseJob } from '../../shared/job/parse-job.ts';
import { validateJob } from '../../shared/job/validate-job.ts';
import { errorText } from '../../shared/kernel/error-text.ts';
import { csvRows } from '../../shared/marketo/csv-rows.ts';
import { readReply } from '../../shared/marketo/soap/read-reply.ts';
import { hostileJson, replaced, TREACHEROUS_NAMES } from '../support/hostile.ts';
import { requestCampaignJob, syncLeadJob } from '../support/work-world.ts';

const ports = { clock: () => 0, makeId: () => 'made' };
const path = fc.array(fc.nat(9), { maxLength: 5 });
const message = fc.constantFrom<unknown>(
  { ...syncLeadJob('j1'), meta: { a: [1] }, batch: 'b', workspace: 'Default' },
  requestCampaignJob('j2'),
);

describe('whatever input is', () => {
  test('a message, or any part of it, made to break what makes text of it gets an answer everywhere', () => {
    fc.assert(
      fc.property(message, path, hostileJson, (whole, place, hostile) => {
        const value = replaced(whole, place, hostile);
        expect(['valid', 'invalid']).toContain(validateJob(value).kind);
        expect(['prepared', 'refused']).toContain(prepare(value, ports).kind);
        const text = JSON.stringify(value);
        expect(['job', 'malformed']).toContain(parseJob(text).kind);
        expect(readNotice(JSON.stringify({ kind: 'mktq/dead-letter', version: 1, letter: value })).kind).toBe(
          'foreign',
        );
      }),
      { numRuns: 1_000 },
    );
  });

  test('a parser of replies may answer anything, or throw anything', () => {
    const reply = { status: 200, headers: {}, body: '<a/>' };
    const thrown = (value: unknown) => () => {
      throw value;
    };
    fc.assert(
      fc.property(hostileJson, path, (hostile, place) => {
        const whole = { Body: { Fault: { faultstring: 'x', detail: { serviceException: { code: '1' } } } } };
        const answers = [
          hostile,
          { Body: hostile },
          { Body: { Fault: hostile } },
          replaced(whole, place, hostile),
        ];
        for (const answer of answers) {
          expect(['answered', 'fault']).toContain(readReply('syncLead', reply, () => answer).kind);
          expect(readReply('syncLead', reply, thrown(answer)).kind).toBe('fault');
        }
      }),
    );
  });

  test('rows of a file named like parts of JavaScript are read or refused, each for itself', async () => {
    const header = ['Email', ...TREACHEROUS_NAMES].join(',');
    const row = ['a@example.com', ...TREACHEROUS_NAMES].join(',');
    const leads = await Array.fromAsync(
      csvLeads(csvRows([`${header}\n${row}\n`]), { key: 'Email', blankClears: false, file: 'f' }),
    );
    expect(leads.map(({ kind }) => kind)).toEqual(['job']);
    for (const lead of leads)
      if (lead.kind === 'job') expect(prepare(lead.value, ports).kind).toBe('prepared');
    const lines = fc.array(hostileJson, { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(lines, async (values) => {
        const text = `{"a":1}\n${values.map((value) => JSON.stringify(value)).join('\n')}\n`;
        for await (const one of jsonRows(linesOf(once(text), 1_000_000), 'f', (object) => object)) {
          if (one.kind === 'job') expect(prepare(one.value, ports).kind).toBe('refused');
        }
      }),
    );
  });

  test('whatever was thrown has words', () => {
    for (const thrown of [
      Object.create(null),
      { toString: null, valueOf: null },
      undefined,
      Symbol('s'),
      1n,
    ]) {
      expect(typeof errorText(thrown)).toBe('string');
    }
    const noWords: Error = Object.assign(new Error('x'), { message: Object.create(null) });
    expect(typeof errorText(noWords)).toBe('string');
    expect(
      causeOf({ class: 'unknown', code: null, operation: '__proto__', message: 'toString' }),
    ).toHaveLength(12);
  });
});

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}
