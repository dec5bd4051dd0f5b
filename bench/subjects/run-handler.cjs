// Loads the bundle named first and gives its handler the event in the file named second, as Lambda would.
const { readFileSync } = require('node:fs');

const [bundle, event] = process.argv.slice(2);
require(bundle).handler(JSON.parse(readFileSync(event, 'utf8')), {
  awsRequestId: 'bench',
  getRemainingTimeInMillis: () => 300_000,
});
