import { type ObjectStore, objectStore } from '../../instance/custom-objects.ts';
import type { Instance } from '../../instance/instance.ts';
import { type Endpoint, type RestCall, type RestResult, rowsOf } from '../endpoint.ts';
import { customObjectKind } from '../objects/custom-object-kind.ts';
import { opportunityKind, roleKind } from '../objects/mobject-kind.ts';
import type { ObjectKind } from '../objects/object-kind.ts';
import { describeObjects, readObjects } from '../objects/read-objects.ts';
import { deleteObjects, syncObjects } from '../objects/write-objects.ts';
import { dateOut, listParameter } from '../query.ts';
import { RestError } from '../rest-error.ts';

/** The four endpoints that every kind of object has. */
function endpointsOf(base: string, kindOf: (call: RestCall) => ObjectKind): readonly Endpoint[] {
  return [
    {
      method: 'GET',
      pattern: `${base}/describe.json`,
      body: 'get',
      writes: false,
      serve: (call) => describeObjects(kindOf(call)),
    },
    {
      method: 'GET',
      pattern: `${base}.json`,
      body: 'compound',
      writes: false,
      serve: (call) => readObjects(call, kindOf(call)),
    },
    {
      method: 'POST',
      pattern: `${base}.json`,
      body: 'json',
      writes: true,
      serve: (call) => syncObjects(call, kindOf(call)),
    },
    {
      method: 'POST',
      pattern: `${base}/delete.json`,
      body: 'json',
      writes: true,
      serve: (call) => deleteObjects(call, kindOf(call)),
    },
  ];
}

export const objectEndpoints: readonly Endpoint[] = [
  ...endpointsOf('/rest/v1/opportunities', ({ instance }) => opportunityKind(instance)),
  ...endpointsOf('/rest/v1/opportunities/roles', ({ instance }) => roleKind(instance)),
  {
    method: 'GET',
    pattern: '/rest/v1/customobjects.json',
    body: 'get',
    writes: false,
    serve: customObjectTypes,
  },
  ...endpointsOf('/rest/v1/customobjects/{apiName}', customObjects),
];

function customObjects({ instance, path }: RestCall): ObjectKind {
  const store = stores(instance).find(({ type }) => type.apiName === path['apiName']);
  if (store === undefined) throw new RestError(1013, `Object '${path['apiName']}' not found`);
  return customObjectKind(instance, store);
}

function stores(instance: Instance): ObjectStore[] {
  return [...instance.customObjectTypes.keys()]
    .map((name) => objectStore(instance, name))
    .filter((store) => store !== undefined);
}

/** The types, without their fields. */
function customObjectTypes(call: RestCall): RestResult {
  const names = listParameter(call, 'names');
  const kinds = stores(call.instance).map((store) => customObjectKind(call.instance, store));
  const found = kinds.filter(({ name }) => names.length === 0 || names.includes(name));
  return rowsOf(
    found.map(({ name, displayName, dedupeFields, searchableFields, relationships }) => ({
      name,
      displayName,
      description: null,
      createdAt: dateOut(0),
      updatedAt: dateOut(0),
      idField: 'marketoGUID',
      dedupeFields,
      searchableFields,
      relationships,
    })),
  );
}
