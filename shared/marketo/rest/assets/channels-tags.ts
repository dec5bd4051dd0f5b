import { isObject, type JsonObject } from '../../../kernel/is-object.ts';
import type { CheckedParamsOf } from '../../operations/registry.ts';
import { refused } from '../call/call-ended.ts';
import { refusal } from '../call/findings.ts';
import { done, type Mapping, type Mappings } from '../call/mapping.ts';
import type { Session } from '../call/session.ts';
import { namedBy, readAssets } from './asset-pages.ts';

type Params<O extends 'getChannels' | 'getTags'> = CheckedParamsOf<O>;
type Tag = NonNullable<Params<'getChannels'>['tag']>;

/** The only type of tag whose values have statuses. */
const CHANNEL = 'Channel';

const getChannels: Mapping<'getChannels'> = {
  check({ tag }) {
    const type = tag?.type?.trim() ?? '';
    if (type === '' || type === CHANNEL) return [];
    return [refusal(`a tag of type ${type} has no channels; the type is ${CHANNEL}, or left out`)];
  },

  async run({ tag }, session) {
    const wanted = valuesOf(tag);
    const channels = await readAssets(session, 'channels', 'name');
    const tagStatus = channels.filter((row) => isWanted(String(row['name']), wanted)).map(tagStatusOf);
    return done({ result: { tags: tagStatus.length === 0 ? null : { tagStatus } } });
  },
};

/** One request each, so more would keep a job busy for longer than its turn. */
const MOST_TYPES = 50;

const getTags: Mapping<'getTags'> = {
  check(params) {
    const asked = typesOf(params);
    if (asked === null || asked.size <= MOST_TYPES) return [];
    return [refusal(`${asked.size} types of tags are asked for; take ${MOST_TYPES} at most`)];
  },

  async run(params, session) {
    const asked = typesOf(params);
    const types = (await readAssets(session, 'tagTypes', 'tagType')).map((row) => String(row['tagType']));
    const known = [...new Set(types)].filter((type) => asked === null || asked.has(type));
    if (known.length > MOST_TYPES)
      throw refused(1003, `there are ${known.length} types of tags; name ${MOST_TYPES} at most`);
    const tag: { type: string; values: { stringItem: readonly string[] } | null }[] = [];
    for (const type of known) {
      const wanted = wantedOf(params, type);
      const values = (await allowedValues(session, type)).filter((value) => isWanted(value, wanted));
      if (wanted === null || values.length > 0)
        tag.push({ type, values: values.length === 0 ? null : { stringItem: values } });
    }
    return done({ result: { tagList: tag.length === 0 ? null : { tag } } });
  },
};

export const channelTagMappings = { getChannels, getTags } satisfies Partial<Mappings>;

/** Null: all of them. */
function valuesOf(tag: Tag | undefined): ReadonlySet<string> | null {
  const values = tag?.values?.stringItem ?? [];
  return values.length === 0 ? null : new Set(values.map(String));
}

const isWanted = (value: string, wanted: ReadonlySet<string> | null): boolean =>
  wanted === null || wanted.has(value);

function tagStatusOf(channel: JsonObject): unknown {
  const statuses = Object.hasOwn(channel, 'progressionStatuses') ? channel['progressionStatuses'] : null;
  const items = Array.isArray(statuses) ? statuses.filter(isObject).map(progressionStatusOf) : [];
  return {
    tagValue: channel['name'],
    statusList: items.length === 0 ? null : { progressionStatusItem: items },
  };
}

/** SOAP's type of a status is in no reply of REST. */
function progressionStatusOf(status: JsonObject): unknown {
  const { name, description, hidden, step, success } = status;
  return {
    name: typeof name === 'string' ? name : null,
    description: typeof description === 'string' ? description : null,
    hidden: hidden === true,
    type: null,
    step: typeof step === 'number' ? step : null,
    success: typeof success === 'boolean' ? success : null,
  };
}

/** The types that are asked for; null: all of them, as one entry names none. */
function typesOf({ tagList }: Params<'getTags'>): ReadonlySet<string> | null {
  const types = (tagList?.tag ?? []).map(({ type }) => type ?? '');
  return types.length === 0 || types.includes('') ? null : new Set(types);
}

/** The values of a type that are asked for, by any entry that is about it; null: all of them. */
function wantedOf({ tagList }: Params<'getTags'>, type: string): ReadonlySet<string> | null {
  const about = (tagList?.tag ?? []).filter((tag) => (tag.type ?? '') === '' || tag.type === type);
  const wanted = about.map(valuesOf);
  return wanted.length === 0 || wanted.includes(null)
    ? null
    : new Set(wanted.flatMap((values) => [...(values ?? [])]));
}

async function allowedValues(session: Session, type: string): Promise<readonly string[]> {
  const { result } = await session.ask({
    endpoint: 'tagType',
    query: { name: type },
    isReply: namedBy('tagType'),
  });
  const row = result.filter(isObject).find(({ tagType }) => tagType === type);
  return row === undefined ? [] : listed(row['allowableValues']);
}

/** `[North, South]`, a text that is no JSON: a value with a comma in it cannot be told from two. */
function listed(value: unknown): readonly string[] {
  const text = typeof value === 'string' ? value.trim().replace(/^\[|\]$/g, '') : '';
  return text === '' ? [] : text.split(', ');
}
