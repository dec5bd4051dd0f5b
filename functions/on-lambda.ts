import { Logger } from '@aws-lambda-powertools/logger';
import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import type { Environment } from '../shared/config/environment.ts';
import { ENV, LOG_LEVELS, type LogLevel, METRIC_NAMESPACE } from '../shared/config/names.ts';
import type { Log, LogFields } from '../shared/kernel/log.ts';
import type { MetricLabels, Metrics } from '../shared/kernel/metrics.ts';
import { type FunctionPorts, stackOf } from './compose.ts';
import type { Context } from './deliveries.ts';

type Handler<Event, Result> = (event: Event, context: Context) => Promise<Result>;
type Build<Event, Result> = (
  env: Environment,
  given: Pick<Required<FunctionPorts>, 'log' | 'metrics'>,
) => Promise<Handler<Event, Result>>;

/**
 * A handler with Lambda's log and metrics. On Lambda it is built while the module loads, with a whole core to itself;
 * elsewhere at its first event. What could not be built is tried again at the next, so that every log names the trouble.
 */
export function onLambda<Event, Result>(name: string, build: Build<Event, Result>): Handler<Event, Result> {
  if (process.env[ENV.lambdaFunctionName] !== undefined) return lambda(name, build);
  let later: Handler<Event, Result> | null = null;
  return (event, context) => {
    later ??= lambda(name, build);
    return later(event, context);
  };
}

function lambda<Event, Result>(name: string, build: Build<Event, Result>): Handler<Event, Result> {
  const service = stackOf(process.env);
  const log = cloudWatchLog(service, name);
  const metrics = cloudWatchMetrics(service);
  const start = async (): Promise<Handler<Event, Result>> => build(process.env, { log, metrics });
  let handler: Promise<Handler<Event, Result>> | null = start();
  // Its trouble is reported by the event that waits for it.
  handler.catch(() => {});
  return async (event, context) => {
    log.begin(context.awsRequestId);
    try {
      handler ??= start();
      const ready = await handler.catch((error: unknown) => {
        handler = null;
        throw error;
      });
      return await ready(event, context);
    } catch (error) {
      log.error('the invocation failed', { error: String(error) });
      throw error;
    } finally {
      metrics.flush();
    }
  };
}

interface CloudWatchLog extends Log {
  /** Every line from here on belongs to this request. */
  begin(requestId: string): void;
}

/**
 * One JSON object a line, as CloudWatch searches it. The core logs ids, codes and numbers; an error's own words may quote
 * more, so whatever looks like an address is taken out here, at the only way to the log. The level is looked at here, too: the logger
 * heeds AWS_LAMBDA_LOG_LEVEL alone, which Lambda sets with JSON logs, and Lambda's own level would also drop the lines of metrics.
 */
export function cloudWatchLog(
  service: string,
  functionName: string,
  least = process.env[ENV.logLevel],
): CloudWatchLog {
  const logger = new Logger({ serviceName: service, persistentKeys: { function: functionName } });
  const from = LOG_LEVELS.indexOf(least as LogLevel);
  const at = (level: LogLevel, write: (message: string, fields: LogFields) => void): Log['info'] =>
    LOG_LEVELS.indexOf(level) < from ? () => {} : (message, fields) => write(message, masked(fields));
  return {
    begin: (requestId) => logger.appendKeys({ requestId }),
    info: at('INFO', (message, fields) => logger.info(message, fields)),
    warn: at('WARN', (message, fields) => logger.warn(message, fields)),
    error: at('ERROR', (message, fields) => logger.error(message, fields)),
  };
}

/** Each word is read once, however long: a pattern that looks for the @ from each of its letters would cost the square. */
export const withoutAddresses = (text: string): string =>
  text.replace(/[^\s"'<>(),;:=&]+/g, (word) => (ADDRESS.test(word) ? '***' : word));

/** Anything around an @, also percent-encoded as in a URL. */
const ADDRESS = /.(?:@|%40)./is;

const masked = (fields: LogFields = {}): LogFields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? withoutAddresses(value) : value,
    ]),
  );

export interface CloudWatchMetrics extends Metrics {
  /** Writes what was measured since the last time. Call it before the process freezes. */
  flush(): void;
}

/** Metrics as lines of the log (embedded metric format): CloudWatch reads them there, and no call has to wait for it. */
export function cloudWatchMetrics(service: string): CloudWatchMetrics {
  const metrics = new PowertoolsMetrics({ namespace: METRIC_NAMESPACE, serviceName: service });
  const add = (name: string, value: number, labels: MetricLabels): void => {
    const entries = Object.entries(labels);
    if (entries.length === 0) {
      metrics.addMetric(name, MetricUnit.Count, value);
      return;
    }
    // Labels hold for a whole line: a measurement with labels has a line of its own, written at once.
    const own = metrics.singleMetric();
    for (const [label, text] of entries) own.addDimension(label, text);
    own.addMetric(name, MetricUnit.Count, value);
  };
  return {
    count: (name, labels = {}) => add(name, 1, labels),
    gauge: (name, value, labels = {}) => add(name, value, labels),
    flush: () => {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
