import { expect, test } from 'vitest';
import { failing } from '../../../functions/warden.ts';

const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 300_000 };
const wardenThat = (failed: readonly string[]) =>
  failing(async () => ({ probed: [], sentDue: 2, switched: 'unchanged', failed }));

test('a minute of which a part fails is an error of the function, by which its alarm goes off', async () => {
  await expect(wardenThat(['set the switch', 'tell alarms of dead letters'])({}, context)).rejects.toThrow(
    'the warden could not set the switch, nor tell alarms of dead letters',
  );
});

test('a minute of which no part fails is none', async () => {
  await expect(wardenThat([])({}, context)).resolves.toMatchObject({ sentDue: 2 });
});
