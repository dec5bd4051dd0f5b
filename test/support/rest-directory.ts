import { CallEnded, refused } from '../../shared/marketo/rest/call/call-ended.ts';
import type {
  CampaignNamed,
  Directory,
  ImportBatch,
  Named,
} from '../../shared/marketo/rest/directory/directory.ts';
import type { LeadField, LeadFields } from '../../shared/marketo/rest/leads/lead-fields.ts';

export interface DirectoryStub {
  readonly directory: Partial<Directory>;
  /** The import batches by `program/list`, as kept. */
  readonly batches: Map<string, ImportBatch>;
}

/**
 * A directory of these lists and campaigns by `program/name`, `/name` outside programs. Of several under one name, the second is
 * what a look-up gives after Marketo has refused the first (1013).
 */
export function directoryStub(
  names: {
    readonly lists?: Readonly<Record<string, readonly number[]>>;
    readonly campaigns?: Readonly<Record<string, readonly (readonly [number, CampaignNamed['type']])[]>>;
    readonly fields?: LeadFields;
  } = {},
): DirectoryStub {
  const batches = new Map<string, ImportBatch>();
  let looks = 0;
  const nth = <T>(found: readonly T[] | undefined, what: string): T => {
    const one = found?.[Math.min(looks, found.length - 1)];
    if (one === undefined) throw refused(1013, `no ${what}`);
    return one;
  };
  const directory: Partial<Directory> = {
    list: async (_, name, program = '') => ({
      id: nth(names.lists?.[`${program}/${name}`], 'list'),
      name,
      program: program || null,
    }),
    campaign: async (_, name, program) => {
      const [id, type] = nth(names.campaigns?.[`${program}/${name}`], 'campaign');
      return { id, name, program, type };
    },
    leadFields: async () => names.fields ?? leadFieldsOf([]),
    importBatch: async (program, list) => batches.get(`${program}/${list}`) ?? null,
    keepImportBatch: async (program, list, batch) => void batches.set(`${program}/${list}`, batch),
    using: async <N extends Named, T>(
      _: unknown,
      find: () => Promise<N>,
      use: (named: N) => Promise<T>,
    ): Promise<T> => {
      const first = await find();
      try {
        return await use(first);
      } catch (error) {
        if (!(error instanceof CallEnded) || !isNothing(error)) throw error;
        looks += 1;
        const second = await find();
        if (second.id === first.id) throw error;
        return use(second);
      }
    },
  };
  return { directory, batches };
}

const isNothing = ({ fault }: CallEnded): boolean => fault.kind === 'marketo' && fault.code === 1013;

/** Fields as `[rest, soap, displayName]`. */
export function leadFieldsOf(
  rows: readonly (readonly [string, string | null, string])[],
  readOnly: readonly string[] = [],
): LeadFields {
  const all: readonly LeadField[] = rows.map(([rest, soap, displayName]) => ({
    rest,
    soap,
    displayName,
    dataType: 'string',
    readOnly: readOnly.includes(rest),
  }));
  return {
    all,
    bySoapName: (name) =>
      all.find(({ soap }) => soap === name) ??
      all.find(({ displayName }) => displayName === name) ??
      all.find(({ rest }) => rest === name) ??
      null,
    byRestName: (name) => all.find(({ rest }) => rest === name) ?? null,
    nearest: () => all.slice(0, 1).map(({ displayName }) => displayName),
  };
}
