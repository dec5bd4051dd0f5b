import { readFileSync } from 'node:fs';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type * as answers from '../../../client/answer-types.ts';
import type * as plain from '../../../client/operation-params.ts';
import type * as plainResults from '../../../client/operation-results.ts';
import type { Client, JobOf, NewJob, OperationName } from '../../../client/types.ts';
import {
  OPERATION_PARAMS_FILE,
  OPERATION_RESULTS_FILE,
  operationParamsText,
  operationResultsText,
} from '../../../schema/operation-params.ts';
import type { WaitReason } from '../../../shared/budget/port.ts';
import type { JobFields } from '../../../shared/job/job.ts';
import type { FaultClass } from '../../../shared/marketo/faults/fault.ts';
import type * as inferred from '../../../shared/marketo/operations/registry.ts';
import type { CancelledAnswer, CompletedAnswer, DeadLetteredAnswer } from '../../../shared/operate/answer.ts';
import type { BatchJson } from '../../../shared/operate/batch.ts';
import type { BatchWait } from '../../../shared/operate/batch-answers.ts';
import type { AttemptJson, JobJson, JobStateName } from '../../../shared/operate/job-json.ts';
import type { PendingAnswer } from '../../../shared/operate/result.ts';

/** A list that nobody writes to may be given where one is asked for that could be written to, and not the other way round. */
type Deep<T> = T extends object
  ? keyof T extends never
    ? Readonly<Record<string, never>>
    : { readonly [K in keyof T]: Deep<T[K]> }
  : T;

type Simple<T> = { [K in keyof T]: T[K] };

const CAMPAIGN = {
  source: 'MKTOWS',
  campaignId: 1,
  leadList: { leadKey: [{ keyType: 'IDNUM', keyValue: 1 }] },
} as const;

/** What a formatter changes is no part of what it says. */
const words = (text: string): readonly string[] =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('= | ', '= ')
    .replaceAll('; }', ' }')
    .split(/(?=export )/);

describe('the types of the library', () => {
  test('say what the core says of a job, of its end, and of a batch', () => {
    expectTypeOf<Simple<answers.Attempt>>().toEqualTypeOf<Simple<AttemptJson>>();
    expectTypeOf<answers.JobState>().toEqualTypeOf<JobStateName>();
    expectTypeOf<answers.WaitReason>().toEqualTypeOf<WaitReason>();
    expectTypeOf<answers.FaultClass>().toEqualTypeOf<FaultClass>();
    expectTypeOf<answers.PendingJob>().toEqualTypeOf<PendingAnswer>();
    expectTypeOf<Simple<answers.DeadLetteredJob>>().toEqualTypeOf<Simple<DeadLetteredAnswer>>();
    expectTypeOf<Simple<answers.CancelledJob>>().toEqualTypeOf<Simple<CancelledAnswer>>();
    expectTypeOf<keyof answers.CompletedJob<'getLead'>>().toEqualTypeOf<keyof CompletedAnswer>();
    expectTypeOf<keyof answers.Job<'getLead'>>().toEqualTypeOf<keyof JobJson>();
    expectTypeOf<answers.BatchProgress>().toEqualTypeOf<BatchJson>();
    expectTypeOf<answers.BatchWait>().toEqualTypeOf<BatchWait>();
    expectTypeOf<answers.OperationName>().toEqualTypeOf<inferred.OperationName>();
  });

  test('give each operation the result that is its own, and one that is not named any of them', () => {
    type Leads = plainResults.OperationResults['getLead']['result']['leadRecordList'];
    expectTypeOf<answers.CompletedJob<'getLead'>['result']>().toEqualTypeOf<{
      readonly result: plainResults.ResultGetLead;
    } | null>();
    expectTypeOf<NonNullable<Leads>['leadRecord'][number]['Email']>().toEqualTypeOf<
      string | null | undefined
    >();
    type OfAny = Extract<answers.Answer, { kind: 'completed'; operation: 'getLead' }>;
    expectTypeOf<OfAny>().toEqualTypeOf<answers.CompletedJob<'getLead'>>();
    const waitFor = (client: Client) =>
      client.enqueueAndWait(
        { operation: 'requestCampaign', params: CAMPAIGN },
        { signal: new AbortController().signal },
      );
    type Waited = Awaited<ReturnType<typeof waitFor>>;
    expectTypeOf<Waited>().toEqualTypeOf<answers.Answer<'requestCampaign'> | answers.PendingJob>();
  });

  test('take the params that the schemas take, operation by operation', () => {
    expectTypeOf<plain.OperationParams>().toEqualTypeOf<Deep<inferred.OperationParams>>();
    expectTypeOf<OperationName>().toEqualTypeOf<inferred.OperationName>();
  });

  test('tell params apart that differ in one name, in what may be left out, and in what a value may be', () => {
    type Of<O extends OperationName> = Deep<inferred.OperationParams[O]>;
    expectTypeOf<plain.ParamsGetLead>().toEqualTypeOf<Of<'getLead'>>();
    expectTypeOf<plain.ParamsGetLead & { readonly strict?: boolean }>().not.toEqualTypeOf<Of<'getLead'>>();
    expectTypeOf<Partial<plain.ParamsGetLead>>().not.toEqualTypeOf<Of<'getLead'>>();
    expectTypeOf<{ readonly leadKey: unknown }>().not.toEqualTypeOf<Of<'getLead'>>();
  });

  test.each([
    [OPERATION_PARAMS_FILE, operationParamsText()],
    [OPERATION_RESULTS_FILE, operationResultsText()],
  ])(
    'are what the schemas say today (npx node schema/operation-params.ts writes them anew): %s',
    (file, text) => {
      expect(words(readFileSync(file, 'utf8'))).toEqual(words(text));
    },
  );

  test('take every field that a message may carry, but for the one that a redrive sets', () => {
    type Fields = Omit<JobOf<'getLead'>, 'operation' | 'params'>;
    type Message = Omit<JobFields, 'id' | 'version' | 'epoch'>;
    type WithDates = {
      [Name in keyof Message]: Name extends 'notBefore' | 'expiresAt' ? Message[Name] | Date : Message[Name];
    };
    expectTypeOf<Omit<Fields, 'id' | 'version'>>().toEqualTypeOf<WithDates>();
    expectTypeOf<Fields['id']>().toEqualTypeOf<JobFields['id'] | undefined>();
    expectTypeOf<Fields['version']>().toEqualTypeOf<JobFields['version'] | undefined>();
  });

  test('ask for the params of the operation that is named', () => {
    const keyed: NewJob = {
      operation: 'getLead',
      params: { leadKey: { keyType: 'EMAIL', keyValue: 'ann@example.com' } },
    };
    // @ts-expect-error the key is missing
    const keyless: NewJob = { operation: 'getLead', params: {} };
    expect(keyed.operation).toBe(keyless.operation);
  });
});
