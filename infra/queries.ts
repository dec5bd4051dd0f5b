import { QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { FUNCTION_NAMES } from './function-names.ts';
import type { Watched } from './metrics.ts';

/** What is asked of the logs again and again; CloudWatch lists them under the stack's name. */
const QUERIES: Readonly<Record<string, { readonly name: string; readonly query: QueryString }>> = {
  DeadLettersByCause: {
    name: 'dead letters by cause',
    query: new QueryString({
      filterStatements: ['message = "dead-lettered"'],
      statsStatements: ['count(*) as letters, latest(letterId) as example by cause, class, code, operation'],
      sort: 'letters desc',
    }),
  },
  OneJob: {
    name: 'one job (write its id into the filter)',
    query: new QueryString({
      fields: ['@timestamp', 'level', 'message', 'jobId', 'letterId', 'requestId', 'error'],
      filterStatements: ['jobId = "JOB" or letterId like /^JOB(#|$)/'],
      sort: '@timestamp asc',
    }),
  },
  TroubleByMinute: {
    name: 'warnings and errors by five minutes',
    query: new QueryString({
      filterStatements: ['level in ["WARN", "ERROR"]'],
      statsStatements: ['count(*) as lines by bin(5m), function, message'],
      sort: 'lines desc',
    }),
  },
};

export function createQueries(scope: Construct, watched: Watched): void {
  const group = new Construct(scope, 'Queries');
  const logGroups = FUNCTION_NAMES.map((name) => watched.functions[name].logGroup);
  for (const [id, { name, query }] of Object.entries(QUERIES)) {
    new QueryDefinition(group, id, {
      queryDefinitionName: `${watched.service}/${name}`,
      queryString: query,
      logGroups,
    });
  }
}
