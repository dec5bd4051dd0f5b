import { startEmbeddedAws } from '../test/support/embedded.ts';
import { ledgerUnits, UNIT_CASES } from '../test/support/unit-cases.ts';
import type { Bench, Measured, Stage } from './harness/bench.ts';
import { aimed, say } from './harness/figures.ts';

async function measure({ atEnd, size }: Stage): Promise<Measured> {
  const aws = await startEmbeddedAws();
  atEnd(() => aws.stop());
  const rows = [];
  for (const { name, aim, requests, run } of UNIT_CASES.slice(0, size)) {
    say(name);
    const bill = await run({ client: aws.clients.dynamodb, table: await aws.createTable() });
    const units = ledgerUnits(bill);
    const budget = bill.unitsOf['budget'] ?? 0;
    const figure = `${units}, and ${budget} of the budget alone; ${bill.requests} requests`;
    const aimText = requests === undefined ? `at most ${aim}` : `at most ${aim}, ${requests} requests`;
    rows.push(aimed(name, figure, aimText, units <= aim && bill.requests <= (requests ?? bill.requests)));
  }
  return {
    setting:
      'Write units of DynamoDB per job, from its enqueuing to its end, by the rules of AWS (test/support/dynamo-units.ts), counted ' +
      'from the requests of the real adapters and the sizes of their items. One job alone in its process: of many, several share ' +
      'a write of the budget. Requests count reads, too.',
    rows,
  };
}

/** What one job costs in DynamoDB, story by story; nothing is timed. */
export const bench: Bench = {
  title: 'Write units of a job',
  size: { of: 'stories', usual: UNIT_CASES.length },
  measure,
};
