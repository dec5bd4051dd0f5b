import type { Mappings } from '../call/mapping.ts';
import { getLead } from './get-lead.ts';
import { getMultipleLeads } from './get-multiple-leads.ts';
import { mergeLeads } from './merge-leads.ts';
import { syncLead } from './sync-lead.ts';
import { syncMultipleLeads } from './sync-multiple-leads.ts';

/** The operations about leads. */
export const leadMappings = {
  getLead,
  getMultipleLeads,
  syncLead,
  syncMultipleLeads,
  mergeLeads,
} satisfies Partial<Mappings>;
