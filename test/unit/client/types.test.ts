import { readFileSync } from 'node:fs';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type * as plain from '../../../client/operation-params.ts';
import type { JobOf, NewJob, OperationName } from '../../../client/types.ts';
import { OPERATION_PARAMS_FILE, operationParamsText } from '../../../schema/operation-params.ts';
import type { JobFields } from '../../../shared/job/job.ts';
import type * as inferred from '../../../shared/marketo/operations/registry.ts';

/** A list that nobody writes to may be given where one is asked for that could be written to, and not the other way round. */
type Deep<T> = T extends object
  ? keyof T extends never
    ? Readonly<Record<string, never>>
    : { readonly [K in keyof T]: Deep<T[K]> }
  : T;

/** What a formatter changes is no part of what it says. */
const words = (text: string): readonly string[] =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('= | ', '= ')
    .replaceAll('; }', ' }')
    .split(/(?=export )/);

describe('the types of the library', () => {
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

  test('are what the schemas say today (npx node schema/operation-params.ts writes them anew)', () => {
    expect(words(readFileSync(OPERATION_PARAMS_FILE, 'utf8'))).toEqual(words(operationParamsText()));
  });

  test('take every field that a message may carry, but for the one that a redrive sets', () => {
    type Fields = Omit<JobOf<'getLead'>, 'operation' | 'params'>;
    type Message = Omit<JobFields, 'id' | 'version' | 'epoch'>;
    expectTypeOf<Omit<Fields, 'id' | 'version'>>().toEqualTypeOf<Message>();
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
