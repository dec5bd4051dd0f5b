import { createRestTransport } from '../../shared/marketo/rest/client.ts';
import type { DirectoryStore } from '../../shared/marketo/rest/directory/directory-store.ts';
import type { HttpReply } from '../../shared/marketo/transport.ts';
import { createKeyTurns } from '../../shared/run/key-turns.ts';
import type { Refusal, RunPorts } from '../../shared/run/ports.ts';
import { createTurns } from '../../shared/run/turns.ts';
import { NO_SETTINGS } from './rest-stage.ts';
import { type Arrived, restWire } from './rest-wire.ts';
import type { Process } from './stopping-process.ts';
import type { World } from './work-world.ts';

/** Whoever answers the requests of all processes; null: no answer ever. */
export interface Answering {
  answer(arrived: Arrived, isFirst: boolean): HttpReply | null;
}

/** A worker's ports over the real transport, with a token and a memory of its own; each of its effects goes through `effect`. */
export function portsOf(
  world: World,
  marketo: Answering,
  store: DirectoryStore,
  process: Process,
): Partial<RunPorts> {
  const { effect } = process;
  const { ledger, archive, deadLetters } = world;
  const { budget, clock, random } = world.ports;
  const wire = restWire(clock, (arrived) =>
    effect(arrived.line, async () => marketo.answer(arrived, process.isFirst && process.fate === 'runs')),
  );
  const transport = createRestTransport<Refusal>({
    endpoint: 'https://a.mktorest.example.com/rest',
    identityEndpoint: 'https://a.mktorest.example.com/identity',
    credentials: () => ({ clientId: 'client', clientSecret: 'secret' }),
    settings: NO_SETTINGS,
    directoryStore: {
      read: (key) => effect('read a copy', () => store.read(key)),
      write: (key, text, keep) => effect('write a copy', () => store.write(key, text, keep)),
    },
    onStoreTrouble: () => undefined,
    clock,
    random,
    timeoutMs: null,
  });
  return {
    turns: createTurns(),
    keyTurns: createKeyTurns(),
    wire,
    transport,
    ledger: {
      ...ledger,
      read: (id) => effect('read the row', () => ledger.read(id)),
      change: ((at, reduce) =>
        effect('write the row', () => ledger.change(at, reduce))) as typeof ledger.change,
    },
    budget: {
      ...budget,
      ask: (want) => effect('permit', () => budget.ask(want)),
      refresh: (permit, lasting) => effect('permit again', () => budget.refresh(permit, lasting)),
      report: (told) => effect('report', () => budget.report(told)),
    },
    archive: {
      ...archive,
      change: ((at, reduce) => effect('file', () => archive.change(at, reduce))) as typeof archive.change,
    },
    deadLetters: {
      ...deadLetters,
      send: (id, body) => effect('notify', () => deadLetters.send(id, body)),
    },
  };
}
