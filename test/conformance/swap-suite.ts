import { expect, it } from 'vitest';

interface Versioned {
  readonly version: number;
  readonly writeToken: string;
}

/** One document under compare-and-swap, however its port spells it. */
export interface SwapSubject<T extends Versioned> {
  make(version: number, writeToken: string): T;
  read(): Promise<T | null>;
  replace(next: T): Promise<'written' | 'conflict'>;
}

/** What every port with a compare-and-swap promises. `create` gives a document of its own, not yet written. */
export function describeSwap<T extends Versioned>(create: () => SwapSubject<T>): void {
  it('is not there before it was written', async () => {
    expect(await create().read()).toBeNull();
  });

  it('writes a first version and reads back exactly that', async () => {
    const subject = create();
    const first = subject.make(1, 'mine');
    expect(await subject.replace(first)).toBe('written');
    expect(await subject.read()).toEqual(first);
  });

  it('refuses a first version where one is stored, and keeps what is stored', async () => {
    const subject = create();
    const first = subject.make(1, 'mine');
    await subject.replace(first);
    expect(await subject.replace(subject.make(1, 'theirs'))).toBe('conflict');
    expect(await subject.read()).toEqual(first);
  });

  it('writes the next version over the one before it', async () => {
    const subject = create();
    await subject.replace(subject.make(1, 'mine'));
    const second = subject.make(2, 'mine again');
    expect(await subject.replace(second)).toBe('written');
    expect(await subject.read()).toEqual(second);
  });

  it('refuses a version that skips one, and one where nothing is stored', async () => {
    const subject = create();
    expect(await subject.replace(subject.make(2, 'too early'))).toBe('conflict');
    await subject.replace(subject.make(1, 'mine'));
    expect(await subject.replace(subject.make(3, 'too far'))).toBe('conflict');
    expect((await subject.read())?.version).toBe(1);
  });

  it('answers written when its own write is already there, as after a lost reply', async () => {
    const subject = create();
    await subject.replace(subject.make(1, 'first'));
    const second = subject.make(2, 'mine');
    await subject.replace(second);
    expect(await subject.replace(second)).toBe('written');
    expect(await subject.read()).toEqual(second);
  });

  it('lets exactly one of ten writers replace the same version, and stores what that one wrote', async () => {
    const subject = create();
    await subject.replace(subject.make(1, 'first'));
    const rivals = Array.from({ length: 10 }, (_, i) => subject.make(2, `rival-${i}`));
    const answers = await Promise.all(rivals.map((rival) => subject.replace(rival)));
    const winners = rivals.filter((_, i) => answers[i] === 'written');
    expect(winners).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'conflict')).toHaveLength(9);
    expect(await subject.read()).toEqual(winners[0]);
  });

  it('lets exactly one of ten writers write the first version', async () => {
    const subject = create();
    const rivals = Array.from({ length: 10 }, (_, i) => subject.make(1, `rival-${i}`));
    const answers = await Promise.all(rivals.map((rival) => subject.replace(rival)));
    expect(answers.filter((answer) => answer === 'written')).toHaveLength(1);
  });
}
