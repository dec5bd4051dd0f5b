import { isObject } from '../../../shared/kernel/is-object.ts';
import type { OperationName, OperationParams } from '../../../shared/marketo/operations/registry.ts';
import type { RestSettings } from '../../../shared/marketo/rest/call/settings.ts';
import type { Verdict } from './verdict.ts';

/** An operation with params as a caller writes them. */
export interface Job {
  readonly operation: OperationName;
  readonly params: unknown;
  readonly workspace: string | null;
}

export const job = <O extends OperationName>(
  operation: O,
  params: OperationParams[O],
  workspace: string | null = null,
): Job => ({ operation, params, workspace });

/** A child of what a job was answered, by the names on the way to it; fails the test where there is none. */
export function childOf(verdict: Verdict | undefined, ...names: readonly string[]): unknown {
  let found: unknown = verdict?.result;
  for (const name of names) {
    if (!isObject(found) || found[name] === undefined) throw new Error(`the answer has no ${name}`);
    found = found[name];
  }
  return found;
}

/** Jobs that go over both transports, one after the other. */
export interface Case {
  readonly name: string;
  readonly settings?: Partial<RestSettings>;
  /** Done over SOAP at both instances before. */
  readonly before?: readonly Job[];
  /** One may be made of what the earlier ones came to over the same transport. */
  readonly jobs: readonly (Job | ((earlier: readonly Verdict[]) => Job))[];
  /** How much time passes between two jobs; a second, unless told. */
  readonly passMs?: number;
  /** Names of lines of docs/rest.md that these jobs show. */
  readonly shows?: readonly string[];
}

const attribute = (attrName: string, attrValue: string) => ({ attrName, attrValue });

export const attributes = (values: Readonly<Record<string, string>>) => ({
  attribute: Object.entries(values).map(([name, value]) => attribute(name, value)),
});

export const attribs = (values: Readonly<Record<string, string>>) => ({
  attrib: Object.entries(values).map(([name, value]) => ({ name, value })),
});

/** A lead by its address. */
export const person = (Email: string, values: Readonly<Record<string, string>> = {}) => ({
  Email,
  leadAttributeList: attributes(values),
});

export const email = (keyValue: string) => ({ keyType: 'EMAIL', keyValue }) as const;
export const id = (keyValue: number) => ({ keyType: 'IDNUM', keyValue: String(keyValue) }) as const;

export const syncPerson = (address: string, values: Readonly<Record<string, string>> = {}): Job =>
  job('syncLead', { leadRecord: person(address, values), returnLead: false });

/** The ids that instances give out begin here; the lists of the seed take the first ones. */
export const FIRST_LEAD = 1_000_005;

export const ANN = 'ann@x.example';
export const BOB = 'bob@x.example';
export const TWINS = 'twins@x.example';
export const NOBODY = 'nobody@x.example';

/** Two leads, with the ids `FIRST_LEAD` and the next. */
export const ANN_AND_BOB: readonly Job[] = [
  syncPerson(ANN, { LastName: 'Ng', FirstName: 'Ann', LeadScore: '7' }),
  syncPerson(BOB, { FirstName: 'Bob' }),
];

/** Two leads of one address. */
export const MADE_TWINS: readonly Job[] = [
  job('syncMultipleLeads', {
    leadRecordList: {
      leadRecord: [person(TWINS, { FirstName: 'Eve' }), person(TWINS, { FirstName: 'Ada' })],
    },
    dedupEnabled: false,
  }),
];
