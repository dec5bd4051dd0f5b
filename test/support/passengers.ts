import type { Packable, Passenger } from '../../shared/desk/passenger.ts';
import type { Call } from '../../shared/marketo/transport.ts';

interface Named extends Passenger {
  readonly name: string;
}
export type NamedPassenger = Packable<Named>;

export const leadCall = (email: string, attrName = 'FirstName'): Call => ({
  operation: 'syncLead',
  params: {
    leadRecord: { Email: email, leadAttributeList: { attribute: [{ attrName, attrValue: 'Ann' }] } },
    returnLead: false,
  },
  workspace: null,
});

/** Somebody at the desk with one lead; `over` says what is different. */
export function passenger(
  name: string,
  over: Partial<Omit<NamedPassenger, 'freight'>> & {
    readonly freight?: Partial<NamedPassenger['freight']>;
  } = {},
): NamedPassenger {
  const { freight, ...others } = over;
  return {
    name,
    call: leadCall(`${name}@example.com`),
    key: `lead:EMAIL:${name}@example.com`,
    company: Number.POSITIVE_INFINITY,
    ...others,
    freight: {
      lane: 'lane',
      records: 1,
      bytes: 100,
      values: [`EMAIL:${name}@example.com`],
      room: { records: 300, bytes: 1_000_000 },
      ...freight,
    },
  };
}
