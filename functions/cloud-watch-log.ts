import { Logger } from '@aws-lambda-powertools/logger';
import type { Log, LogFields } from '../shared/kernel/log.ts';

export interface CloudWatchLog extends Log {
  /** Every line from here on belongs to this request. */
  begin(requestId: string): void;
}

/**
 * One JSON object a line, as CloudWatch searches it. The core logs ids, codes and numbers only; an error's own words may
 * still quote what it stumbled over, so whatever looks like an address is taken out here, at the only way to the log.
 */
export function cloudWatchLog(service: string, functionName: string): CloudWatchLog {
  const logger = new Logger({ serviceName: service, persistentKeys: { function: functionName } });
  return {
    begin: (requestId) => logger.appendKeys({ requestId }),
    info: (message, fields) => logger.info(message, masked(fields)),
    warn: (message, fields) => logger.warn(message, masked(fields)),
    error: (message, fields) => logger.error(message, masked(fields)),
  };
}

/** Anything around an @, also percent-encoded as in a URL. */
const ADDRESS = /[^\s"'<>(),;:=&]+(?:@|%40)[^\s"'<>(),;:=&]+/gi;

const masked = (fields: LogFields = {}): LogFields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replace(ADDRESS, '***') : value,
    ]),
  );
