import type { Log, LogFields } from '../shared/kernel/log.ts';

/** One JSON object a line, as CloudWatch searches it. */
export function jsonLog(functionName: string): Log {
  const write = (level: string, message: string, fields: LogFields = {}): void => {
    process.stdout.write(`${JSON.stringify({ level, function: functionName, message, ...fields })}\n`);
  };
  return {
    info: (message, fields) => write('INFO', message, fields),
    warn: (message, fields) => write('WARN', message, fields),
    error: (message, fields) => write('ERROR', message, fields),
  };
}
