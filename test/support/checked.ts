import {
  type OperationInput,
  type OperationName,
  validateParams,
} from '../../shared/marketo/operations/registry.ts';

/** Params as they are asked about: checked. Throws if they are not valid. */
export function checked(operation: OperationName, params: unknown): OperationInput {
  const found = validateParams(operation, params);
  if (found.kind === 'invalid') throw new Error(JSON.stringify(found.problems));
  return found.input;
}
