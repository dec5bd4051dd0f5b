import type { Environment } from '../shared/config/environment.ts';
import { DEFAULT_ACCOUNT, ENV, stackNameOf } from '../shared/config/names.ts';
import { cloudWatchLog } from './cloud-watch-log.ts';
import { cloudWatchMetrics } from './cloud-watch-metrics.ts';
import type { Parts } from './compose.ts';
import type { Context } from './deliveries.ts';

type Handler<Event, Result> = (event: Event, context: Context) => Promise<Result>;
type Build<Event, Result> = (
  env: Environment,
  parts: Pick<Required<Parts>, 'log' | 'metrics'>,
) => Promise<Handler<Event, Result>>;

/**
 * A handler with Lambda's log and metrics. On Lambda it is built while the module loads, when a function has a whole
 * core to itself; elsewhere the module is imported for its builder, and nothing happens. What could not be built is
 * tried again at the next event, so that every event's log names what is wrong.
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
  const service = stackNameOf(process.env[ENV.account] ?? DEFAULT_ACCOUNT);
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
