import type { Instance } from '../../simulator/instance/instance.ts';
import type { Entry, Witness } from '../../simulator/witness.ts';
import type { Deed, Face } from './faces.ts';

/** One executed write to one lead. */
export interface Write {
  readonly deed: Deed;
  /** Of the field `Seq`; undefined where it was not written. */
  readonly seq: string | undefined;
}

/** What the simulator has seen, by the address of each lead, whichever key a request named it by. */
export interface Books {
  readonly witness: Witness;
  readonly instance: Instance;
  readonly face: Face;
  /** In the order they ran. */
  writesOf(email: string): readonly Write[];
  /** Leads that a request named: their keys, addresses where they are known. */
  leadsIn(entry: Pick<Entry, 'keys'>): readonly string[];
}

export const leadKeyOf = (email: string): string => `EMAIL:${email}`;

export function booksOf(witness: Witness, instance: Instance, face: Face): Books {
  /** Over REST most requests know a lead by its id. */
  const addressed = (key: string): string => {
    const id = /^IDNUM:(\d+)$/.exec(key)?.[1];
    const email = id === undefined ? undefined : instance.leads.get(Number(id))?.email;
    return typeof email === 'string' ? leadKeyOf(email) : key;
  };
  const ranAs = (seq: number): number => witness.entries[seq - 1]?.executedAs ?? 0;
  const all = Object.entries(witness.leadWrites)
    .flatMap(([key, writes]) => writes.map((write) => ({ ...write, key: addressed(key) })))
    .sort((one, other) => ranAs(one.seq) - ranAs(other.seq))
    .flatMap(({ key, operation, attributes }) => {
      const deed = face.deeds[operation];
      return deed === undefined ? [] : [{ key, deed, seq: attributes['Seq'] }];
    });
  const byLead = Map.groupBy(all, ({ key }) => key);
  return {
    witness,
    instance,
    face,
    writesOf: (email) => byLead.get(leadKeyOf(email)) ?? [],
    leadsIn: ({ keys }) => keys.map(addressed),
  };
}
