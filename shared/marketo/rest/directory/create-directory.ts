import type { Clock } from '../../../kernel/clock.ts';
import { ACTIVITY_TYPES, askActivityTypes } from './activity-types.ts';
import { CampaignNames } from './campaign-names.ts';
import { Copies } from './copies.ts';
import type { Directory } from './directory.ts';
import type { DirectoryStore } from './directory-store.ts';
import { findCampaign, findList, findProgram } from './find-named.ts';
import { importBatch, keepImportBatch } from './import-batches.ts';
import { FRESH_MS, LeadFieldsCopy } from './lead-fields-copy.ts';
import { CAMPAIGN, LIST, NamedCopies, PROGRAM } from './named-copies.ts';
import { customObject, opportunity, role } from './object-types.ts';

interface DirectoryPorts {
  readonly store: DirectoryStore;
  readonly clock: Clock;
  /** Of the REST endpoint. With the client's id it names whose copies these are: each client sees what its role lets it see. */
  readonly host: string;
  readonly clientId: string;
  /** A store in trouble costs calls, never a job: whoever runs this logs it. */
  readonly onStoreTrouble: (error: unknown) => void;
}

/** One per process. Every copy is in memory and in the store, and is asked for again when it is old (docs/rest.md). */
export function createDirectory(ports: DirectoryPorts): Directory {
  const { store, clock, host, clientId, onStoreTrouble } = ports;
  const scope = `${host} ${clientId}`;
  const copies = new Copies({ store, clock, onStoreTrouble, scope });
  const leads = new LeadFieldsCopy({ store, clock, onStoreTrouble }, scope);
  const named = new NamedCopies(copies);
  const campaigns = new CampaignNames(copies, clock);
  return {
    leadFields: (session, { fresh = false } = {}) => leads.get(session, fresh),
    list: (session, name, program) =>
      named.get(LIST, { name, program }, () => findList(session, name, program)),
    campaign: (session, name, program) =>
      named.get(CAMPAIGN, { name, program }, () => findCampaign(session, name, program)),
    program: (session, name) => named.get(PROGRAM, { name }, () => findProgram(session, name)),
    activityTypes: async (session, { fresh = false } = {}) => {
      const want = fresh ? { maxAgeMs: FRESH_MS } : {};
      return (await copies.get(ACTIVITY_TYPES, '', () => askActivityTypes(session), want)).value ?? [];
    },
    customObject: (session, name, want) => customObject(copies, session, name, want),
    opportunity: (session, want) => opportunity(copies, session, want),
    role: (session, want) => role(copies, session, want),
    campaignNames: (session, ids) => campaigns.get(session, ids),
    importBatch: (program, list) => importBatch(copies, program, list, clock()),
    keepImportBatch: (program, list, batch) => keepImportBatch(copies, program, list, batch),
    using: (_session, find, use) => named.using(find, use),
  };
}
