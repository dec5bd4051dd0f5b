import type { MObject, ProgramDetails } from '../../instance/instance.ts';
import {
  changeProgram,
  detailsOf,
  type ProgramChange,
  programById,
  programs,
} from '../../instance/programs.ts';
import { assetDate, assetPage, NO_ASSETS } from '../asset-page.ts';
import { type Endpoint, type RestCall, type RestResult, rowsOf } from '../endpoint.ts';
import { isObject, type JsonObject, oneOf } from '../json.ts';
import { instant, integer, listParameter, optionalBoolean, parameter, requiredParameter } from '../query.ts';
import type { RestRequest } from '../request.ts';
import { RestError } from '../rest-error.ts';

const read = { method: 'GET', body: 'get', writes: false } as const;
const ONE = '/rest/asset/v1/program/{id}.json';

export const programEndpoints: readonly Endpoint[] = [
  // Before the path with an id, which it fits as well.
  { ...read, pattern: '/rest/asset/v1/program/byName.json', serve: byName },
  { ...read, pattern: ONE, serve: byId },
  { ...read, pattern: '/rest/asset/v1/programs.json', serve: search },
  { method: 'POST', pattern: ONE, body: 'form', writes: true, serve: update },
];

function byId(call: RestCall): RestResult {
  const program = programById(call.instance, integer(call.path['id'] ?? ''));
  return program === undefined ? NO_ASSETS : rowsOf([row(program, detailsOf(call.instance, program))]);
}

/** Tags and costs only when asked for. */
function byName(call: RestCall): RestResult {
  const name = requiredParameter(call, 'name');
  const program = programs(call.instance).find(({ attributes }) => attributes.get('Name') === name);
  if (program === undefined) return NO_ASSETS;
  const { tags, costs } = detailsOf(call.instance, program);
  const shown = {
    ...(optionalBoolean(call, 'includeTags') === true ? { tags } : {}),
    ...(optionalBoolean(call, 'includeCosts') === true ? { costs } : {}),
  };
  return rowsOf([row(program, shown)]);
}

const FILTERS = ['id', 'programId', 'folderId', 'workspace'] as const;

function search(call: RestCall): RestResult {
  const earliest = boundary(call, 'earliestUpdatedAt') ?? Number.NEGATIVE_INFINITY;
  const latest = boundary(call, 'latestUpdatedAt') ?? Number.POSITIVE_INFINITY;
  const fits = filterOf(call);
  const found = programs(call.instance).filter(
    (program) => program.updatedAt >= earliest && program.updatedAt <= latest && fits(program),
  );
  return assetPage(call, found, (program) => row(program, {}));
}

function boundary(call: RestCall, name: string): number | null {
  const value = parameter(call, name);
  return value === null ? null : instant(value);
}

function filterOf(call: RestCall): (program: MObject) => boolean {
  const type = parameter(call, 'filterType');
  if (type === null) return () => true;
  const values = listParameter(call, 'filterValues');
  switch (oneOf(FILTERS, type, 'filterType')) {
    case 'workspace':
      return () => values.includes('Default');
    case 'folderId':
      return () => values.includes(String(FOLDER.value));
    default:
      return ({ id }) => values.includes(String(id));
  }
}

const FOLDER = { type: 'Folder', value: 12, folderName: 'Marketing Programs' };

function row(program: MObject, shown: Partial<ProgramDetails>) {
  const { attributes } = program;
  return {
    id: program.id,
    name: attributes.get('Name') ?? '',
    description: attributes.get('Description') ?? '',
    createdAt: assetDate(program.createdAt),
    updatedAt: assetDate(program.updatedAt),
    url: `https://app.simulator.example/#PG${program.id}A1`,
    type: 'Default',
    channel: attributes.get('Channel') ?? '',
    folder: FOLDER,
    status: '',
    workspace: 'Default',
    ...shown,
  };
}

function update(call: RestCall): RestResult {
  const id = integer(call.path['id'] ?? '');
  const program = changeProgram(call.instance, id, changeIn(call.request), call.now);
  return rowsOf([row(program, detailsOf(call.instance, program))]);
}

function changeIn(request: RestRequest): ProgramChange {
  const form = new Map(request.form);
  return {
    name: form.get('name') ?? null,
    description: form.get('description') ?? null,
    costs: objectsIn(form.get('costs'), 'costs')?.map(costIn) ?? null,
    replacesCosts: form.get('costsDestructiveUpdate') === 'true',
    tags: objectsIn(form.get('tags'), 'tags')?.map(tagIn) ?? null,
  };
}

/** A form member that holds JSON: an array of objects. */
function objectsIn(text: string | undefined, what: string): JsonObject[] | null {
  if (text === undefined || text === '') return null;
  const value = parsed(text);
  if (!Array.isArray(value) || !value.every(isObject)) throw new RestError(1003, `Invalid ${what}`);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RestError(609);
  }
}

function costIn({ startDate, cost, note }: JsonObject): ProgramDetails['costs'][number] {
  if (typeof startDate !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(startDate))
    throw new RestError(704, 'Invalid date');
  if (!Number.isInteger(cost))
    throw new RestError(1001, `Invalid value '${cost}'. Required of type 'Integer'`);
  return { startDate, cost: Number(cost), note: typeof note === 'string' ? note : null };
}

function tagIn({ tagType, tagValue }: JsonObject): ProgramDetails['tags'][number] {
  if (typeof tagType !== 'string' || typeof tagValue !== 'string') throw new RestError(1003, 'Invalid tags');
  return { tagType, tagValue };
}
