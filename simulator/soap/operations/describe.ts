import type { Instance } from '../../instance/instance.ts';
import { MOBJECT_ATTRIBUTES } from '../../instance/mobjects.ts';
import { ServiceFault } from '../fault.ts';
import { type Markup, nil, tag } from '../markup.ts';
import { requiredText } from '../params.ts';
import type { Call } from './operation.ts';

/** Types that can be listed and described (docs/marketo-facts.md): not the ones that getMObjects takes. */
const DESCRIBED = ['ActivityRecord', 'LeadRecord', 'Opportunity', 'OpportunityPersonRole'] as const;

export function listMObjects(): Markup {
  return tag('result', ...DESCRIBED.map((name) => tag('objects', name)));
}

export function describeMObject(instance: Instance, { params }: Call): Markup {
  const asked = requiredText(params, 'objectName');
  const name = DESCRIBED.find((candidate) => candidate === asked);
  // The words of a captured fault (docs/marketo-facts.md).
  if (name === undefined) throw new ServiceFault(20110, 'Object name is not valid');
  const fields = fieldsOf(instance, name).map((field) => fieldMarkup(field, name));
  return tag(
    'result',
    tag(
      'metadata',
      tag('name', name),
      tag('description', name),
      tag('isCustom', false),
      tag('isVirtual', false),
      tag('fieldList', ...fields),
      tag('updatedAt', new Date(0).toISOString()),
    ),
  );
}

function fieldsOf(instance: Instance, name: (typeof DESCRIBED)[number]): readonly string[] {
  switch (name) {
    case 'LeadRecord':
      return ['Id', ...instance.leadFields.bySoapName.keys()];
    case 'ActivityRecord':
      return ['Id', 'ActivityDateTime', 'ActivityType', 'MktgAssetName', 'MktPersonId'];
    default:
      return ['Id', ...Object.keys(MOBJECT_ATTRIBUTES[name])];
  }
}

function fieldMarkup(field: string, object: string): Markup {
  return tag(
    'field',
    tag('name', field),
    tag('description', field),
    tag('displayName', field.replace(/([a-z])([A-Z])/g, '$1 $2')),
    tag('sourceObject', object),
    tag('dataType', field === 'Id' ? 'integer' : 'string'),
    field === 'Id' ? nil('size') : tag('size', 255),
    tag('isReadonly', field === 'Id'),
    tag('isUpdateBlocked', false),
    tag('isName', field === 'Name'),
    tag('isPrimaryKey', field === 'Id'),
    tag('isCustom', field === 'Seq'),
    tag('isDynamic', false),
    nil('dynamicFieldRef'),
    tag('updatedAt', new Date(0).toISOString()),
  );
}
