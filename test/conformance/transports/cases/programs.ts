import { attribs, type Case, job } from '../job.ts';

const get = (over: object = {}) => job('getMObjects', { type: 'Program', ...over });

const update = (attrType: 'Cost' | 'Tag', values: Readonly<Record<string, string>>) =>
  job('syncMObjects', {
    operation: 'UPDATE',
    mObjectList: {
      mObject: [
        {
          type: 'Program',
          id: 2001,
          typeAttribList: { typeAttrib: [{ attrType, attrList: attribs(values) }] },
        },
      ],
    },
  });

const criterion = (attrName: string, comparison: 'EQ' | 'NE' | 'GE', attrValue: string) => ({
  mObjCriteriaList: { mObjCriteria: [{ attrName, comparison, attrValue }] },
});

export const programCases: readonly Case[] = [
  {
    name: 'programs by id, by name, and all of them',
    jobs: [
      get({ id: 2001, includeDetails: true }),
      get({ id: 9 }),
      get({ ...criterion('Name', 'EQ', 'Webinar'), includeDetails: true }),
      get(),
    ],
    shows: ['program-attributes', 'mobject-details', 'dates'],
  },
  {
    name: 'a program is given a tag and a cost',
    jobs: [
      update('Tag', { Type: 'Region', Value: 'EMEA' }),
      update('Cost', { Month: '2026-11', Amount: '100', Note: 'stand' }),
    ],
  },
  {
    name: 'programs but for one',
    jobs: [get(criterion('Name', 'NE', 'Webinar'))],
    shows: ['program-filter'],
  },
  {
    name: 'details of a page of programs',
    jobs: [get({ includeDetails: true })],
    shows: ['program-details'],
  },
  {
    name: 'a cost that is changed, and one in cents',
    jobs: [
      update('Cost', { Id: '7', Month: '2026-11', Amount: '100' }),
      update('Cost', { Month: '2026-11', Amount: '10.5' }),
    ],
    shows: ['program-cost'],
  },
  {
    name: 'another channel for a program',
    jobs: [update('Tag', { Type: 'Channel', Value: 'Webinar' })],
    shows: ['program-channel'],
  },
  {
    name: 'channels and tags',
    jobs: [
      job('getChannels', {}),
      job('getChannels', { tag: { type: 'Channel', values: { stringItem: ['Webinar'] } } }),
      job('getChannels', { tag: { values: { stringItem: ['No Such Channel'] } } }),
      job('getChannels', { tag: { type: 'Region' } }),
      job('getTags', {}),
      job('getTags', { tagList: { tag: [{ type: 'Region' }] } }),
      job('getTags', { tagList: { tag: [{ type: 'No Such Tag' }] } }),
    ],
    shows: ['channel-type', 'tags-channel', 'codes'],
  },
  {
    name: 'more types of tags than take a request each',
    jobs: [
      job('getTags', {
        tagList: { tag: Array.from({ length: 51 }, (_, index) => ({ type: `Type ${index}` })) },
      }),
    ],
    shows: ['tags-most'],
  },
];
