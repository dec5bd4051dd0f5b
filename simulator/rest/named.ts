import type { RestCall } from './endpoint.ts';
import { integer, listParameter } from './query.ts';

interface Named {
  readonly id: number;
  readonly name: string;
  readonly program: string | null;
}

/**
 * The rows that `id`, `name`, `programName` and `workspaceName` leave over. Whether Marketo regards case is not documented:
 * here it does not, so that a caller has to compare for itself.
 */
export function named<Row extends Named>(call: Pick<RestCall, 'request'>, rows: readonly Row[]): Row[] {
  const among = (parameter: string) => {
    const wanted = listParameter(call, parameter).map((value) => value.toLowerCase());
    return (value: string | null) =>
      wanted.length === 0 || (value !== null && wanted.includes(value.toLowerCase()));
  };
  const ids = listParameter(call, 'id').map(integer);
  const [name, program, workspace] = [among('name'), among('programName'), among('workspaceName')];
  return rows.filter(
    (row) =>
      (ids.length === 0 || ids.includes(row.id)) &&
      name(row.name) &&
      program(row.program) &&
      workspace('Default'),
  );
}
