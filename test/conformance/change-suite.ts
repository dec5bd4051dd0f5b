import { expect, test } from 'vitest';
import { absent, type Changed, type Copy, type Documents } from '../../shared/kernel/document.ts';

/** One document under compare-and-swap, not yet written. */
interface ChangeSubject<T> {
  readonly id: string;
  /** A value that differs from the others by its mark. */
  make(mark: string): T;
  readonly documents: Pick<Documents<T>, 'read' | 'change'>;
}

const rivalsOf = <T>({ documents, make }: ChangeSubject<T>, at: Copy<T | null>) =>
  Array.from({ length: 10 }, (_, i) =>
    documents.change(at, (stored) => (stored === null || same(stored, at.value) ? make(`rival-${i}`) : null)),
  );

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const winnersOf = <T>(ends: readonly Changed<T>[]): readonly Copy<T>[] =>
  ends.flatMap((end) => (end.kind === 'written' ? [end.copy] : []));

/** What every port with a `change` promises. `create` gives a document of its own, not yet written. */
export function describeChange<T>(create: () => Promise<ChangeSubject<T>>): void {
  const written = async (mark: string): Promise<ChangeSubject<T> & { readonly copy: Copy<T> }> => {
    const subject = await create();
    const changed = await subject.documents.change(absent(subject.id), () => subject.make(mark));
    if (changed.kind === 'left') throw new Error('the first write was left out');
    return { ...subject, copy: changed.copy };
  };

  test('is not there before it was written', async () => {
    const { documents, id } = await create();
    expect(await documents.read(id)).toEqual(absent(id));
  });

  test('writes a first version and reads back exactly that', async () => {
    const { documents, id, make, copy } = await written('mine');
    expect(copy).toMatchObject({ id, version: 1, value: make('mine') });
    expect(await documents.read(id)).toEqual(copy);
  });

  test('refuses a first version where one is stored, and keeps what is stored', async () => {
    const { documents, id, make, copy } = await written('mine');
    const seen: (T | null)[] = [];
    const changed = await documents.change(absent(id), (stored) => {
      seen.push(stored);
      return stored === null ? make('theirs') : null;
    });
    expect(changed).toEqual({ kind: 'left', copy });
    expect(seen).toEqual([null, make('mine')]);
    expect(await documents.read(id)).toEqual(copy);
  });

  test('writes the next version over the one before it', async () => {
    const { documents, id, make, copy } = await written('mine');
    const changed = await documents.change(copy, () => make('mine again'));
    expect(changed).toMatchObject({ kind: 'written', copy: { version: 2, value: make('mine again') } });
    expect(await documents.read(id)).toEqual(changed.copy);
  });

  test('asks again with what is stored when the copy in hand is old', async () => {
    const { documents, id, make, copy } = await written('mine');
    await documents.change(copy, () => make('theirs'));
    const seen: (T | null)[] = [];
    const changed = await documents.change(copy, (stored) => {
      seen.push(stored);
      return make('mine at last');
    });
    expect(seen).toEqual([make('mine'), make('theirs')]);
    expect(changed).toMatchObject({ kind: 'written', copy: { version: 3 } });
    expect((await documents.read(id)).value).toEqual(make('mine at last'));
  });

  test('refuses a version that skips one, and one where nothing is stored', async () => {
    const { documents, id, make, copy } = await written('mine');
    let asked = 0;
    const once = () => (asked++ === 0 ? make('too far') : null);
    expect(await documents.change({ ...copy, version: copy.version + 1 }, once)).toEqual({
      kind: 'left',
      copy,
    });
    const other = await create();
    asked = 0;
    const gone = { id: other.id, value: null, version: 1, token: 'gone' };
    expect(await other.documents.change(gone, once)).toEqual({ kind: 'left', copy: absent(other.id) });
    expect(await documents.read(id)).toEqual(copy);
  });

  test('writes nothing when the step leaves the document as it is', async () => {
    const { documents, id, copy } = await written('mine');
    expect(await documents.change(copy, () => null)).toEqual({ kind: 'left', copy });
    expect(await documents.read(id)).toEqual(copy);
  });

  test('lets exactly one of ten writers replace the same version, and stores what that one wrote', async () => {
    const subject = await written('first');
    const winners = winnersOf(await Promise.all(rivalsOf(subject, subject.copy)));
    expect(winners).toHaveLength(1);
    expect(await subject.documents.read(subject.id)).toEqual(winners[0]);
  });

  test('lets exactly one of ten writers write the first version', async () => {
    const { documents, id, make } = await create();
    const ends = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        documents.change(absent(id), (stored) => (stored === null ? make(`rival-${i}`) : null)),
      ),
    );
    expect(winnersOf(ends)).toHaveLength(1);
  });

  test('loses none of ten changes that are made at the same moment', async () => {
    const subject = await written('first');
    const ends = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        subject.documents.change(subject.copy, () => subject.make(`${i}`)),
      ),
    );
    expect(winnersOf(ends)).toHaveLength(10);
    expect((await subject.documents.read(subject.id)).version).toBe(11);
  });
}
