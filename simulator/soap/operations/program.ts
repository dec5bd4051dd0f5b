import type { Instance } from '../../instance/instance.ts';
import { ServiceFault } from '../fault.ts';
import { type Markup, nil, tag } from '../markup.ts';
import { child, items, stringItems, text } from '../params.ts';
import type { Call, OperationTable } from './operation.ts';

export const programOperations: OperationTable = {
  getChannels: { writes: false, run: getChannels },
  getTags: { writes: false, run: getTags },
};

function getChannels(instance: Instance, { params }: Call): Markup {
  const filter = child(params, 'tag');
  const type = filter === null ? null : text(filter, 'type');
  if (type !== null && type !== 'Channel') throw new ServiceFault(20110, `Tag type ${type} has no channels`);
  const names = filter === null ? [] : stringItems(filter, 'values');
  const found = instance.channels.filter(({ name }) => names.length === 0 || names.includes(name));
  return tag('result', found.length === 0 ? nil('tags') : tag('tags', ...found.map(channelMarkup)));
}

function channelMarkup({ name, statuses }: Instance['channels'][number]): Markup {
  const steps = statuses.map((status, step) =>
    tag(
      'progressionStatusItem',
      tag('name', status),
      nil('description'),
      tag('hidden', false),
      tag('type', step === 0 ? 'start' : 'normal'),
      tag('step', (step + 1) * 10),
      tag('success', step === statuses.length - 1),
    ),
  );
  return tag('tagStatus', tag('tagValue', name), tag('statusList', ...steps));
}

function getTags(instance: Instance, { params }: Call): Markup {
  const types = items(params, 'tagList', 'tag').map((filter) => text(filter, 'type') ?? '');
  const found = instance.tags.filter(({ type }) => types.length === 0 || types.includes(type));
  const tags = found.map(({ type, values }) =>
    tag('tag', tag('type', type), tag('values', ...values.map((value) => tag('stringItem', value)))),
  );
  return tag('result', tags.length === 0 ? nil('tagList') : tag('tagList', ...tags));
}
