import type { CheckedParamsOf } from '../../operations/registry.ts';
import { isGiven } from '../../operations/types.ts';
import type { Reason } from '../call/reasons.ts';
import {
  type Association,
  associationProblem,
  OPPORTUNITY,
  OPPORTUNITY_KEY,
  PROGRAM,
  ROLE,
  sameName,
} from './mobject-records.ts';

type Params = CheckedParamsOf<'getMObjects'>;

/** The one filter that REST takes for opportunities and roles. */
export type Wanted =
  | { readonly kind: 'field'; readonly name: string; readonly value: string }
  | { readonly kind: 'lead'; readonly lead: Association };

export const isWanted = (found: Wanted | Reason): found is Wanted => 'kind' in found;

/** Which opportunities or roles are meant, or why REST cannot say it. */
export function wantedOf(params: Params): Wanted | Reason {
  const { type, id, externalKey, mObjCriteriaList, mObjAssociationList } = params;
  if (type !== OPPORTUNITY && type !== ROLE)
    return no(`the type is none of ${OPPORTUNITY}, ${ROLE} and ${PROGRAM}`);
  if (id !== undefined)
    return no(
      `REST does not know Marketo's integer ids of opportunities and roles; ask by ${OPPORTUNITY_KEY}`,
    );
  const filters = [
    ...(externalKey === undefined ? [] : [ofField(externalKey.name, externalKey.value)]),
    ...(mObjCriteriaList?.mObjCriteria ?? []).map(({ attrName, comparison, attrValue }) =>
      comparison === 'EQ' ? ofField(attrName, attrValue) : no(`REST compares by EQ alone, not ${comparison}`),
    ),
    ...(mObjAssociationList?.mObjAssociation ?? []).map((one) => ofAssociation(type, one)),
  ];
  const [only, second] = filters;
  if (only === undefined)
    return no(`REST finds no ${type} without a filter: give an externalKey, a criterion or an association`);
  const problem = filters.find((filter) => !isWanted(filter));
  if (problem !== undefined) return problem;
  return second === undefined ? only : no('REST takes one filter, not several');
}

const no = (message: string): Reason => ({ code: 1003, message });

function ofField(name: string, value: string): Wanted | Reason {
  if (sameName(name, 'OpportunityId') || sameName(name, 'Id'))
    return no(`REST does not know Marketo's integer ids of opportunities; ask by ${OPPORTUNITY_KEY}`);
  if (!isGiven(value)) return no(`${name} has no value to look for`);
  if (value.includes(',')) return no(`the value of ${name} has a comma, and REST reads it as two`);
  return { kind: 'field', name, value };
}

function ofAssociation(type: string, association: Association): Wanted | Reason {
  const { mObjType, id, externalKey } = association;
  if (mObjType === 'Lead') {
    const problem = associationProblem(association);
    return problem === null ? { kind: 'lead', lead: association } : no(problem);
  }
  if (type !== ROLE || mObjType !== OPPORTUNITY)
    return no(
      `REST does not find ${type} by ${mObjType}; it does by Lead${type === ROLE ? ' and Opportunity' : ''}`,
    );
  if (id !== undefined || externalKey === undefined || !sameName(externalKey.name, OPPORTUNITY_KEY))
    return no(`the Opportunity of roles is named by ${OPPORTUNITY_KEY}`);
  return ofField(OPPORTUNITY_KEY, externalKey.value);
}
