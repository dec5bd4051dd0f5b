/**
 * One resource of Marketo's REST API (docs/rest.md). `path` is below `/rest`, or below the host for bulk; `{name}` is filled in.
 * `serverS`: how long Marketo itself may take, in seconds, by Adobe's figures; 60 where it gives none.
 */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly serverS: number;
  /** How long its answer is waited for, where Marketo's own time is more than an invocation has. */
  readonly timeoutS?: number;
  /** Whether it may change something. */
  readonly changes: boolean;
  /** Whether a query too long for an address may go as the form of a POST with `_method=GET`. Asset endpoints refuse it. */
  readonly longByPost?: true;
}

const read = (path: string, serverS: number): Endpoint => ({ method: 'GET', path, serverS, changes: false });
const longRead = (path: string, serverS: number): Endpoint => ({ ...read(path, serverS), longByPost: true });
const write = (path: string, serverS: number, method: 'POST' | 'DELETE' = 'POST'): Endpoint => ({
  method,
  path,
  serverS,
  changes: true,
});

/** Every asset endpoint. */
const ASSET = { serverS: 300, timeoutS: 60 } as const;
const asset = (path: string): Endpoint => ({ method: 'GET', path, ...ASSET, changes: false });

export const ENDPOINTS = {
  describeLeads: read('/rest/v1/leads/describe.json', 30),
  leads: longRead('/rest/v1/leads.json', 60),
  listLeads: longRead('/rest/v1/lists/{id}/leads.json', 60),
  syncLeads: write('/rest/v1/leads.json', 90),
  associateLead: write('/rest/v1/leads/{id}/associate.json', 60),
  mergeLeads: write('/rest/v1/leads/{id}/merge.json', 180),
  lists: longRead('/rest/v1/lists.json', 60),
  addToList: write('/rest/v1/lists/{id}/leads.json', 60),
  removeFromList: write('/rest/v1/lists/{id}/leads.json', 60, 'DELETE'),
  memberOfList: longRead('/rest/v1/lists/{id}/leads/ismember.json', 60),
  campaigns: longRead('/rest/v1/campaigns.json', 60),
  triggerCampaign: write('/rest/v1/campaigns/{id}/trigger.json', 60),
  scheduleCampaign: write('/rest/v1/campaigns/{id}/schedule.json', 60),
  importLeads: { ...write('/bulk/v1/leads.json', 300), timeoutS: 240 },
  importStatus: read('/bulk/v1/leads/batch/{id}.json', 60),
  describeOpportunities: read('/rest/v1/opportunities/describe.json', 30),
  opportunities: longRead('/rest/v1/opportunities.json', 30),
  syncOpportunities: write('/rest/v1/opportunities.json', 60),
  deleteOpportunities: write('/rest/v1/opportunities/delete.json', 60),
  describeRoles: read('/rest/v1/opportunities/roles/describe.json', 30),
  roles: longRead('/rest/v1/opportunities/roles.json', 30),
  syncRoles: write('/rest/v1/opportunities/roles.json', 60),
  deleteRoles: write('/rest/v1/opportunities/roles/delete.json', 60),
  customObjectTypes: longRead('/rest/v1/customobjects.json', 30),
  describeCustomObject: read('/rest/v1/customobjects/{name}/describe.json', 30),
  customObjects: longRead('/rest/v1/customobjects/{name}.json', 30),
  syncCustomObjects: write('/rest/v1/customobjects/{name}.json', 120),
  deleteCustomObjects: write('/rest/v1/customobjects/{name}/delete.json', 60),
  program: asset('/rest/asset/v1/program/{id}.json'),
  programByName: asset('/rest/asset/v1/program/byName.json'),
  programs: asset('/rest/asset/v1/programs.json'),
  updateProgram: { ...asset('/rest/asset/v1/program/{id}.json'), method: 'POST', changes: true },
  activityTypes: read('/rest/v1/activities/types.json', 30),
  activityPagingToken: { ...read('/rest/v1/activities/pagingtoken.json', 300), timeoutS: 60 },
  activities: longRead('/rest/v1/activities.json', 30),
  channels: asset('/rest/asset/v1/channels.json'),
  tagTypes: asset('/rest/asset/v1/tagTypes.json'),
  tagType: asset('/rest/asset/v1/tagType/byName.json'),
  usage: read('/rest/v1/stats/usage.json', 60),
} as const satisfies Readonly<Record<string, Endpoint>>;

export type EndpointName = keyof typeof ENDPOINTS;

export const endpointOf = (name: EndpointName): Endpoint => ENDPOINTS[name];

const ANSWER_ON_ITS_WAY_MS = 15_000;

/** The client's own deadline for one request, in ms: past Marketo's, where an invocation of five minutes allows it. */
export const requestTimeoutMs = ({ serverS, timeoutS }: Endpoint): number =>
  timeoutS === undefined ? serverS * 1_000 + ANSWER_ON_ITS_WAY_MS : timeoutS * 1_000;
