import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../../shared/kernel/clock.ts';
import { CallRefused } from '../../../../shared/marketo/rest/call/call-ended.ts';
import { createDirectory } from '../../../../shared/marketo/rest/directory/create-directory.ts';
import type { DirectoryStore } from '../../../../shared/marketo/rest/directory/directory-store.ts';
import { askingOf, marketoError, memoryStore } from '../../../support/asking.ts';

function world(store: DirectoryStore = memoryStore()) {
  const time = { now: Date.parse('2026-11-26T12:00:00Z') };
  const troubles: unknown[] = [];
  const open = (over: { host?: string; clientId?: string } = {}) =>
    createDirectory({
      store,
      clock: () => time.now,
      host: 'a.mktorest.example.com',
      clientId: 'client-1',
      onStoreTrouble: (error) => troubles.push(error),
      ...over,
    });
  return { time, troubles, open, directory: open() };
}

const list = (id: number, name: string, programName: string | null = null) => ({ id, name, programName });
const nobody = askingOf(() => {
  throw new Error('nothing is asked for');
});

describe('a list by its name', () => {
  test('is asked for once by many at once, and kept ten minutes for every worker', async () => {
    const { time, directory, open } = world();
    const asking = askingOf(() => [list(501, 'Customers')]);
    const all = await Promise.all(Array.from({ length: 20 }, () => directory.list(asking, 'Customers')));
    expect(all.every(({ id }) => id === 501)).toBe(true);
    expect(asking.requests).toHaveLength(1);
    expect(asking.requests[0]).toMatchObject({
      endpoint: 'lists',
      query: { name: ['Customers'], programName: undefined, batchSize: 300 },
    });
    time.now += 10 * MINUTE_MS - 1;
    await directory.list(nobody, 'Customers');
    await open().list(nobody, 'Customers');
    time.now += 1;
    await directory.list(asking, 'Customers');
    expect(asking.requests).toHaveLength(2);
  });

  test('is another client’s or instance’s own', async () => {
    const { directory, open } = world();
    await directory.list(
      askingOf(() => [list(501, 'Customers')]),
      'Customers',
    );
    const others = askingOf(() => [list(7, 'Customers')]);
    expect(await open({ clientId: 'client-2' }).list(others, 'Customers')).toMatchObject({ id: 7 });
    expect(await open({ host: 'b.example.com' }).list(others, 'Customers')).toMatchObject({ id: 7 });
  });

  test('is the one outside programs, else the one inside, exactly before without case', async () => {
    const { open } = world();
    const rows = [
      list(1, 'customers'),
      list(2, 'Customers', 'Spring'),
      list(3, 'Customers'),
      list(4, 'Old Customers'),
    ];
    const find = (all: readonly unknown[]) =>
      open().list(
        askingOf(() => all),
        'Customers',
      );
    expect(await find(rows)).toEqual({ id: 3, name: 'Customers', program: null });
    const { open: again } = world();
    expect(
      await again().list(
        askingOf(() => rows.slice(0, 2)),
        'Customers',
      ),
    ).toMatchObject({ id: 2 });
    const { open: caseless } = world();
    expect(
      await caseless().list(
        askingOf(() => rows.slice(0, 1)),
        'Customers',
      ),
    ).toMatchObject({ id: 1 });
  });

  test('that several have is nobody’s, and asked for again each time', async () => {
    const { directory } = world();
    const asking = askingOf(() => [list(1, 'Customers', 'Spring'), list(2, 'Customers', 'Autumn')]);
    const find = () => directory.list(asking, 'Customers');
    const ended = {
      fault: {
        kind: 'decided',
        code: 1003,
        message: '2 lists match the name "Customers": 1 in "Spring", 2 in "Autumn"; nothing was sent',
      },
    };
    await expect(Promise.all([find(), find(), find()])).rejects.toMatchObject(ended);
    await expect(find()).rejects.toMatchObject(ended);
    expect(asking.requests).toHaveLength(2);
  });

  test('with a dot is a list of a program where none is called so', async () => {
    const { directory } = world();
    const asking = askingOf(({ query }) =>
      JSON.stringify(query?.['programName']) === '["SMS.Program"]' ? [list(9, 'Testers', 'SMS.Program')] : [],
    );
    expect(await directory.list(asking, 'SMS.Program.Testers')).toMatchObject({ id: 9 });
    expect(asking.requests.map(({ query }) => [query?.['programName'], query?.['name']])).toEqual([
      [undefined, ['SMS.Program.Testers']],
      [['SMS'], ['Program.Testers']],
      [['SMS.Program'], ['Testers']],
    ]);
  });

  test('that is missing is asked for once in 30 s, in this process alone', async () => {
    const { time, directory, open } = world();
    const none = askingOf(() => []);
    const find = () => directory.list(none, 'Customers');
    const gone = { fault: { code: 1013, message: 'no list is called "Customers"; nothing was sent' } };
    await expect(find()).rejects.toMatchObject(gone);
    await expect(find()).rejects.toMatchObject(gone);
    expect(none.requests).toHaveLength(1);
    const there = askingOf(() => [list(501, 'Customers')]);
    expect(await open().list(there, 'Customers')).toMatchObject({ id: 501 });
    time.now += 30_000;
    expect(await directory.list(nobody, 'Customers')).toMatchObject({ id: 501 });
  });

  test('is read over pages', async () => {
    const { directory } = world();
    const asking = askingOf(({ query }) =>
      query?.['nextPageToken'] === 'T='
        ? [list(501, 'Customers')]
        : { rows: [list(1, 'Customers EU')], next: 'T=' },
    );
    expect(await directory.list(asking, 'Customers')).toMatchObject({ id: 501 });
  });

  test('is unreadable where a row lacks its id', async () => {
    const { directory } = world();
    const asking = askingOf(() => [{ name: 'Customers' }]);
    await expect(directory.list(asking, 'Customers')).rejects.toMatchObject({
      fault: { kind: 'unreadable' },
    });
  });

  test('whose look-up fails is its asker’s failure: the next asks for itself', async () => {
    const { directory } = world();
    const asking = askingOf((_request, number) =>
      number === 1 ? marketoError(606) : number === 2 ? new CallRefused('hold') : [list(501, 'Customers')],
    );
    const results = await Promise.allSettled(
      Array.from({ length: 4 }, () => directory.list(asking, 'Customers')),
    );
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'fulfilled']);
    expect(asking.requests).toHaveLength(3);
  });
});

describe('an id that Marketo does not know', () => {
  const using = (directory: ReturnType<typeof world>['directory'], asking: typeof nobody, good: number) => {
    const used: number[] = [];
    const answer = directory.using(
      asking,
      () => directory.list(asking, 'Customers'),
      async ({ id }) => {
        used.push(id);
        if (id !== good) throw marketoError(1013);
        return 'done';
      },
    );
    return { used, answer };
  };

  test('and that came out of a copy is looked up once more, here and for every worker', async () => {
    const { directory, open } = world();
    await directory.list(
      askingOf(() => [list(1, 'Customers')]),
      'Customers',
    );
    const now = askingOf(() => [list(2, 'Customers')]);
    const { used, answer } = using(directory, now, 2);
    expect(await answer).toBe('done');
    expect([used, now.requests.length]).toEqual([[1, 2], 1]);
    expect(await open().list(nobody, 'Customers')).toMatchObject({ id: 2 });
  });

  test('and that was just looked up is the verdict', async () => {
    const { directory } = world();
    const asking = askingOf(() => [list(1, 'Customers')]);
    const { used, answer } = using(directory, asking, 2);
    await expect(answer).rejects.toMatchObject({ fault: { kind: 'marketo', code: 1013 } });
    expect([used, asking.requests.length]).toEqual([[1], 1]);
  });

  test('and that is still the name’s is the verdict, as it is where the name is gone', async () => {
    const { directory, time } = world();
    await directory.list(
      askingOf(() => [list(1, 'Customers')]),
      'Customers',
    );
    const same = using(
      directory,
      askingOf(() => [list(1, 'Customers')]),
      2,
    );
    await expect(same.answer).rejects.toMatchObject({ fault: { kind: 'marketo', code: 1013 } });
    expect(same.used).toEqual([1]);
    time.now += 1;
    const gone = using(
      directory,
      askingOf(() => []),
      2,
    );
    await expect(gone.answer).rejects.toMatchObject({ fault: { kind: 'decided', code: 1013 } });
  });

  test('drops no copy that another worker has already replaced', async () => {
    const store = memoryStore();
    const { directory, open } = world(store);
    await directory.list(
      askingOf(() => [list(1, 'Customers')]),
      'Customers',
    );
    const key = [...store.items.keys()][0] ?? '';
    const replaced = (store.items.get(key)?.text ?? '').replace('"id":1', '"id":2');
    store.items.set(key, { at: Date.parse('2026-11-26T12:00:00Z'), text: replaced, keepMs: 1 });
    const { used, answer } = using(directory, nobody, 2);
    expect(await answer).toBe('done');
    expect(used).toEqual([1, 2]);
    expect(await open().list(nobody, 'Customers')).toMatchObject({ id: 2 });
  });

  test('of any other error is no reason to look up again', async () => {
    const { directory } = world();
    await directory.list(
      askingOf(() => [list(1, 'Customers')]),
      'Customers',
    );
    const use = async () => {
      throw marketoError(1004);
    };
    const answer = directory.using(nobody, () => directory.list(nobody, 'Customers'), use);
    await expect(answer).rejects.toMatchObject({ fault: { code: 1004 } });
  });
});

describe('campaigns and programs', () => {
  test('of a name are asked for in their program', async () => {
    const { directory } = world();
    const asking = askingOf(() => [
      { id: 77, name: 'Welcome', programName: 'Spring', type: 'trigger', active: true },
      { id: 78, name: 'Welcome', programName: 'Spring 2', type: 'batch' },
    ]);
    expect(await directory.campaign(asking, 'Welcome', 'Spring')).toEqual({
      id: 77,
      name: 'Welcome',
      program: 'Spring',
      type: 'trigger',
    });
    const programs = askingOf(() => [{ id: 1001, name: 'Spring' }]);
    expect(await directory.program(programs, 'spring')).toMatchObject({ id: 1001, program: null });
    expect(programs.requests[0]).toMatchObject({ endpoint: 'programByName', query: { name: ['spring'] } });
    await expect(
      directory.program(
        askingOf(() => []),
        'None',
      ),
    ).rejects.toMatchObject({ fault: { code: 1013 } });
  });

  test('by id give their names, asked for once in one request, and never fail a call', async () => {
    const { directory, open, time } = world();
    const asking = askingOf(() => [{ id: 77, name: 'Welcome' }]);
    expect(await directory.campaignNames(asking, [77, 88, 77])).toEqual(new Map([[77, 'Welcome']]));
    expect(asking.requests).toHaveLength(1);
    expect(asking.requests[0]).toMatchObject({ query: { id: [77, 88] } });
    expect(await directory.campaignNames(nobody, [88, 77])).toEqual(new Map([[77, 'Welcome']]));
    const other = open();
    expect(await other.campaignNames(nobody, [77])).toEqual(new Map([[77, 'Welcome']]));
    expect(
      await other.campaignNames(
        askingOf(() => marketoError(606)),
        [77, 99],
      ),
    ).toEqual(new Map([[77, 'Welcome']]));
    expect(
      await other.campaignNames(
        askingOf(() => new CallRefused('hold')),
        [99],
      ),
    ).toEqual(new Map());
    time.now += 24 * HOUR_MS;
    await directory.campaignNames(asking, [77]);
    expect(asking.requests).toHaveLength(2);
  });
});

describe('the store', () => {
  test('in trouble costs calls and no job', async () => {
    const broken: DirectoryStore = {
      read: () => Promise.reject(new Error('throttled')),
      write: () => Promise.reject(new Error('throttled')),
    };
    const { directory, troubles } = world(broken);
    const asking = askingOf(() => [list(501, 'Customers')]);
    expect(await directory.list(asking, 'Customers')).toMatchObject({ id: 501 });
    expect(await directory.list(nobody, 'Customers')).toMatchObject({ id: 501 });
    expect(troubles.length).toBeGreaterThan(0);
  });

  test('in trouble says of no import that there was none', async () => {
    const { directory } = world({ ...memoryStore(), read: () => Promise.reject(new Error('throttled')) });
    await expect(directory.importBatch('Spring', 'Customers')).rejects.toMatchObject({
      fault: { kind: 'network', sent: false, message: expect.stringContaining('throttled') },
    });
  });

  test.each([
    '',
    '{',
    '[]',
    '{"schema":2,"value":{"id":1,"name":"Customers","program":null}}',
    '{"schema":1,"value":{"id":"1"}}',
  ])('that holds %s has no copy', async (text) => {
    const store = memoryStore();
    const at = Date.parse('2026-11-26T12:00:00Z');
    const { directory } = world({ ...store, read: async () => ({ at, text }) });
    const asking = askingOf(() => [list(501, 'Customers')]);
    expect(await directory.list(asking, 'Customers')).toMatchObject({ id: 501 });
  });

  test('that holds a copy of a time to come has none: it would be young for as long', async () => {
    const { time } = world();
    const ahead = (ms: number) => {
      const at = time.now + ms;
      const text = '{"schema":1,"value":{"id":7,"name":"Customers","program":null}}';
      return world({ ...memoryStore(), read: async () => ({ at, text }) }).directory;
    };
    const asking = askingOf(() => [list(501, 'Customers')]);
    expect(await ahead(MINUTE_MS).list(nobody, 'Customers')).toMatchObject({ id: 7 });
    expect(await ahead(MINUTE_MS + 1).list(asking, 'Customers')).toMatchObject({ id: 501 });
  });

  test('that holds campaign names of a time to come has none', async () => {
    const { time } = world();
    const text = (at: number) => JSON.stringify({ schema: 1, value: [{ id: 7, name: 'Old', at }] });
    const stored = (at: number) =>
      world({ ...memoryStore(), read: async () => ({ at: time.now, text: text(at) }) }).directory;
    const asking = askingOf(() => [{ id: 7, name: 'New' }]);
    expect((await stored(time.now).campaignNames(nobody, [7])).get(7)).toBe('Old');
    expect((await stored(time.now + HOUR_MS).campaignNames(asking, [7])).get(7)).toBe('New');
  });

  test('keeps the last import of a list for seven days, and asks nobody', async () => {
    const { time, directory, open } = world();
    await directory.keepImportBatch('Spring', 'Customers', { kind: 'batch', batchId: 3 });
    await open().keepImportBatch('Spring', 'Customers', { kind: 'counts', imported: 2, failed: 1 });
    expect(await directory.importBatch('Spring', 'Customers')).toEqual({
      kind: 'counts',
      imported: 2,
      failed: 1,
    });
    expect(await directory.importBatch('SpringC', 'ustomers')).toBeNull();
    time.now += 7 * 24 * HOUR_MS;
    expect(await directory.importBatch('Spring', 'Customers')).toBeNull();
  });

  test('holds no name in its keys', async () => {
    const store = memoryStore();
    await world(store).directory.list(
      askingOf(() => [list(501, 'Customers')]),
      'Customers',
    );
    expect([...store.items.keys()].join()).not.toContain('Customers');
  });
});
