import type { Cli, DefineCommand } from '../cli.ts';
import { UsageError } from '../exit.ts';
import { print } from '../render/print.ts';
import { examples } from '../render/typed.ts';

export const defineOperations: DefineCommand = (parent, cli) => {
  parent
    .command('operations')
    .summary('the operations of Marketo, their params, and examples')
    .description(
      'The 23 operations; of one its params, their types and limits, and an example that is valid.',
    )
    .argument('[name]', 'an operation, such as syncLead')
    .addHelpText(
      'after',
      examples(
        'mktq operations',
        'mktq operations syncLead',
        'mktq operations syncLead --json | jq .example',
      ),
    )
    .action((name: string | undefined) => (name === undefined ? listAll(cli) : show(cli, name)));
};

async function listAll(cli: Cli): Promise<void> {
  const [{ CATALOGUE }, { operationsScreen }, { OPERATION_NAMES }] = await Promise.all([
    import('../operations/catalogue.ts'),
    import('../render/operation.ts'),
    import('../../shared/marketo/operations/operation-names.ts'),
  ]);
  const all = OPERATION_NAMES.map((name) => ({ name, summary: CATALOGUE[name].summary }));
  await print(cli, all, () => operationsScreen(all));
}

async function show(cli: Cli, word: string): Promise<void> {
  const [
    { CATALOGUE },
    { describeParams, rulesOfParams },
    { operationScreen },
    registry,
    { OPERATION_NAMES },
    { nearest },
  ] = await Promise.all([
    import('../operations/catalogue.ts'),
    import('../operations/describe-params.ts'),
    import('../render/operation.ts'),
    import('../../shared/marketo/operations/registry.ts'),
    import('../../shared/marketo/operations/operation-names.ts'),
    import('../../shared/config/spelling.ts'),
  ]);
  if (!registry.isOperationName(word)) {
    const meant = nearest(word, OPERATION_NAMES);
    const hint = meant === null ? '; mktq operations lists them' : `; did you mean ${meant}?`;
    throw new UsageError(`there is no operation ${word}${hint}`);
  }
  const { params } = registry.OPERATIONS[word];
  const { summary, example } = CATALOGUE[word];
  const rules = rulesOfParams(params);
  const described = { name: word, summary, params: describeParams(params), rules, example };
  await print(cli, described, () => operationScreen(described, cli.style));
}
