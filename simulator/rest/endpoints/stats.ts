import { chicagoDay } from '../../limits.ts';
import { type Endpoint, type RestCall, type RestResult, rowsOf } from '../endpoint.ts';

/** Usage per day, of both APIs and of one user: there are no others. */
export const statsEndpoints: readonly Endpoint[] = [
  { method: 'GET', pattern: '/rest/v1/stats/usage.json', body: 'get', writes: false, serve: today },
  {
    method: 'GET',
    pattern: '/rest/v1/stats/usage/last7days.json',
    body: 'get',
    writes: false,
    serve: last7Days,
  },
];

function today({ gate, now }: RestCall): RestResult {
  const day = chicagoDay(now);
  const spent = gate.days().find((one) => one.day === day)?.spent ?? 0;
  return rowsOf([usage(day, spent)]);
}

const DAYS = 7;

function last7Days({ gate }: RestCall): RestResult {
  return rowsOf(
    gate
      .days()
      .slice(0, DAYS)
      .map(({ day, spent }) => usage(day, spent)),
  );
}

function usage(date: string, total: number) {
  return { date, total, users: [{ userId: 'api@simulator.example', count: total }] };
}
