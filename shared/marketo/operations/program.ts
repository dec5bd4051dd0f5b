import { always, CALL_TIMEOUT_MS, operation } from './operation.ts';
import { ArrayOfString } from './types.ts';
import { optional, repeated, sequence, text } from './xsd.ts';

const Tag = sequence('Tag', { type: optional(text), values: optional(ArrayOfString) });

export const ArrayOfTag = sequence('ArrayOfTag', { tag: repeated(Tag) });

export const getChannels = operation({
  params: sequence('ParamsGetChannels', { tag: optional(Tag) }),
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: always,
});

export const getTags = operation({
  params: sequence('ParamsGetTags', { tagList: optional(ArrayOfTag) }),
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: always,
});
