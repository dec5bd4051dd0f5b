import { always, CALL_TIMEOUT_MS, operation } from './operation.ts';
import { ResultGetChannels } from './reply-types.ts';
import { ArrayOfString } from './types.ts';
import { nillable, optional, repeated, reply, sequence, text } from './xsd.ts';

const Tag = sequence('Tag', { type: optional(text), values: optional(ArrayOfString) });

const ArrayOfTag = sequence('ArrayOfTag', { tag: repeated(Tag) });

export const getChannels = operation({
  params: sequence('ParamsGetChannels', { tag: optional(Tag) }),
  success: { result: ResultGetChannels },
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: always,
});

export const getTags = operation({
  params: sequence('ParamsGetTags', { tagList: optional(ArrayOfTag) }),
  success: { result: reply('ResultGetTags', { tagList: nillable(ArrayOfTag) }) },
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: always,
});
