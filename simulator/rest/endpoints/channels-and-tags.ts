import type { Instance } from '../../instance/instance.ts';
import { assetDate, assetPage, NO_ASSETS } from '../asset-page.ts';
import { type Endpoint, type RestCall, type RestResult, rowsOf } from '../endpoint.ts';
import { parameter, requiredParameter } from '../query.ts';

const read = { method: 'GET', body: 'get', writes: false } as const;

export const channelAndTagEndpoints: readonly Endpoint[] = [
  { ...read, pattern: '/rest/asset/v1/channels.json', serve: channels },
  { ...read, pattern: '/rest/asset/v1/channel/byName.json', serve: channelByName },
  { ...read, pattern: '/rest/asset/v1/tagTypes.json', serve: tagTypes },
  { ...read, pattern: '/rest/asset/v1/tagType/byName.json', serve: tagTypeByName },
];

function channels(call: RestCall): RestResult {
  return assetPage(call, channelRows(call.instance), (row) => row);
}

function channelByName(call: RestCall): RestResult {
  const name = requiredParameter(call, 'name');
  const found = channelRows(call.instance).filter((row) => row.name === name);
  return found.length === 0 ? NO_ASSETS : rowsOf(found);
}

function channelRows(instance: Instance) {
  return instance.channels.map(({ name, statuses }, index) => ({
    id: index + 1,
    name,
    applicableProgramType: 'program',
    progressionStatuses: statuses.map((status, step) => ({
      name: status,
      step: (step + 1) * 10,
      description: null,
      hidden: false,
      success: step === statuses.length - 1,
    })),
    createdAt: assetDate(0),
    updatedAt: assetDate(0),
  }));
}

/** A channel is a tag to SOAP alone. */
const tagsOf = ({ tags }: Instance) => tags.filter(({ type }) => type !== 'Channel');

const tagRow = (type: string) => ({
  tagType: type,
  applicableProgramTypes: '[program,event]',
  required: false,
});

function tagTypes(call: RestCall): RestResult {
  return assetPage(call, tagsOf(call.instance), ({ type }) => tagRow(type));
}

/** The values are a string that looks like a list, and is no JSON. */
function tagTypeByName(call: RestCall): RestResult {
  const name = parameter(call, 'name');
  const tag = tagsOf(call.instance).find(({ type }) => type === name);
  if (tag === undefined) return NO_ASSETS;
  return rowsOf([{ ...tagRow(tag.type), allowableValues: `[${tag.values.join(', ')}]` }]);
}
