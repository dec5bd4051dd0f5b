import { readdirSync, readFileSync } from 'node:fs';
import { isOperationName, type OperationName } from '../../shared/marketo/operations/registry.ts';

/** A recorded conversation, `test/fixtures/<operation>__<case>/`, whose expected.json also says what failed in the answer. */
export interface GoldenCase {
  readonly name: string;
  readonly operation: OperationName;
  readonly params: unknown;
  readonly workspace: string | null;
  readonly request: string;
  readonly response: string;
  /** What stands in `success<Operation>`. */
  readonly result: unknown;
  readonly failures: unknown;
  readonly failedOnly: unknown;
}

const FIXTURES = new URL('../fixtures/', import.meta.url);

/** A new case needs no code. Faults, and answers told for the sake of the wire, have no `failures` and are not among them. */
export function goldenCases(): readonly GoldenCase[] {
  return readdirSync(FIXTURES).flatMap((name) => {
    const operation = name.slice(0, Math.max(0, name.indexOf('__')));
    return isOperationName(operation) ? read(name, operation) : [];
  });
}

function read(name: string, operation: OperationName): readonly GoldenCase[] {
  const text = (file: string) => readFileSync(new URL(`${name}/${file}`, FIXTURES), 'utf8');
  const expected = JSON.parse(text('expected.json'));
  if (!Object.hasOwn(expected, 'failures')) return [];
  return [
    {
      name,
      operation,
      params: JSON.parse(text('params.json')),
      workspace: expected.workspace ?? null,
      request: text('request.xml'),
      response: text('response.xml'),
      result: expected.result,
      failures: expected.failures,
      failedOnly: expected.failedOnly,
    },
  ];
}
