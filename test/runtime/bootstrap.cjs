// Lambda's side of the Runtime API, as its documentation has it: load the handler, then ask, answer, ask again.
const { join } = require('node:path');

// How far ahead the function's clock is: its first argument.
const systemNow = Date.now;
Date.now = () => systemNow() + Number(process.argv[2] ?? 0);

const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT, _HANDLER } = process.env;
const API = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

const post = (path, body) => fetch(`${API}/${path}`, { method: 'POST', body: JSON.stringify(body) });
const errorOf = (error) => ({
  errorType: error.name,
  errorMessage: error.message,
  stackTrace: [error.stack],
});

async function next() {
  const answer = await fetch(`${API}/invocation/next`);
  const deadline = Number(answer.headers.get('lambda-runtime-deadline-ms'));
  return {
    id: answer.headers.get('lambda-runtime-aws-request-id'),
    event: await answer.json(),
    deadline,
    traceHeader: answer.headers.get('lambda-runtime-trace-id'),
  };
}

async function serve(handler) {
  for (;;) {
    const { id, event, deadline, traceHeader } = await next();
    process.env._X_AMZN_TRACE_ID = traceHeader;
    const context = { awsRequestId: id, getRemainingTimeInMillis: () => deadline - systemNow() };
    try {
      await post(`invocation/${id}/response`, (await handler(event, context)) ?? null);
    } catch (error) {
      await post(`invocation/${id}/error`, errorOf(error));
    }
  }
}

const [file, name] = _HANDLER.split('.');
try {
  const handler = require(join(LAMBDA_TASK_ROOT, file))[name];
  // A Runtime API that has gone ends the process, as Lambda ends it.
  serve(handler).catch(() => process.exit(0));
} catch (error) {
  post('init/error', errorOf(error)).finally(() => process.exit(1));
}
