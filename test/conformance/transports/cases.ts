import { activityCases } from './cases/activities.ts';
import { campaignCases } from './cases/campaigns.ts';
import { customObjectCases } from './cases/custom-objects.ts';
import { importCases } from './cases/imports.ts';
import { leadCases } from './cases/leads.ts';
import { listCases } from './cases/lists.ts';
import { mObjectCases } from './cases/mobjects.ts';
import { programCases } from './cases/programs.ts';
import { writtenLeadCases } from './cases/written-leads.ts';
import type { Case } from './job.ts';

export const CASES: readonly Case[] = [
  ...leadCases,
  ...writtenLeadCases,
  ...listCases,
  ...importCases,
  ...campaignCases,
  ...mObjectCases,
  ...programCases,
  ...customObjectCases,
  ...activityCases,
];
