import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import type { Cli } from '../../../cli/cli.ts';
import { commands, ONLY_PRINT } from '../../../cli/commands.ts';

/** The words of every command that does something itself. */
function pathsOf(command: Command, before = ''): readonly string[] {
  return command.commands.flatMap((member) => {
    const path = `${before}${member.name()}`;
    return member.commands.length === 0 ? [path] : pathsOf(member, `${path} `);
  });
}

/** Every command and every group, with its help. */
const allOf = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(allOf)];

describe('commands', () => {
  test('have an example in their help, each of them and each group', () => {
    const program = new Command('mktq');
    for (const define of commands) define(program, {} as Cli);
    const without = program.commands.flatMap(allOf).filter((command) => {
      const help: string[] = [];
      command.configureOutput({ writeOut: (text) => void help.push(text) });
      command.outputHelp();
      return !/\nExamples?:\n {2}\S/.test(help.join(''));
    });
    expect(without.map((command) => command.name())).toEqual([]);
  });

  test('those that only print are commands, and none of those that change something', () => {
    const program = new Command('mktq');
    for (const define of commands) define(program, {} as Cli);
    const changing = pathsOf(program).filter((path) => !ONLY_PRINT.has(path));
    expect(pathsOf(program)).toEqual(expect.arrayContaining([...ONLY_PRINT]));
    expect(changing.sort()).toEqual([
      'batch cancel',
      'dlq ack',
      'dlq discard',
      'dlq redrive',
      'dlq reopen',
      'enqueue',
      'forget',
      'local',
      'pause',
      'resume',
    ]);
  });
});
