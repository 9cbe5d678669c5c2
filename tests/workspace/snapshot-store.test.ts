import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hexSha256 } from '../../src/workspace/file-tree.js';
import { SnapshotStore, type SnapshotStoreOptions } from '../../src/workspace/snapshot-store.js';
import { temporaryFolder } from './temporary-repository.js';

const HEAD = 'a'.repeat(40);

function openStore(stateDir: string, options: Partial<SnapshotStoreOptions> = {}): SnapshotStore {
  const onProblem = (reason: string): void => {
    throw new Error(reason);
  };
  return new SnapshotStore(stateDir, { headCommit: () => Promise.resolve(HEAD), onProblem, ...options });
}

/** Keeps a text and returns its digest. */
function keep(store: SnapshotStore, text: string, path = 'a.py'): string {
  const digest = hexSha256(Buffer.from(text, 'utf8'));
  store.keep({ digest, text, path });
  return digest;
}

/** Texts that do not compress, so that sizes mean something. */
function noise(seed: number, blocks: number): string {
  return Array.from({ length: blocks }, (_, block) => hexSha256(Buffer.from(`${String(seed)} ${String(block)}`))).join('');
}

const pathOf = (stateDir: string, digest: string): string => join(stateDir, 'contents', digest.slice(0, 2), digest.slice(2));

describe('the snapshot store', () => {
  test('gives back what was kept, to another store too, with where it was and what HEAD was', async () => {
    const stateDir = join(temporaryFolder(), 'state');
    for (const text of ['x = 1\n', '', 'é😀\r\n\0'.repeat(500), noise(1, 3), '\uFEFFbom']) {
      const store = openStore(stateDir);
      const digest = keep(store, text, 'dir/ä.py');
      await store.settled();
      expect(await openStore(stateDir).read(digest)).toEqual({ bytes: Buffer.from(text, 'utf8'), path: 'dir/ä.py', commit: HEAD });
    }
    expect(await openStore(stateDir).read('0'.repeat(64))).toBeNull();
  });

  test('is private, and holds a text that compresses well in less than its size', async () => {
    const stateDir = join(temporaryFolder(), 'state');
    const store = openStore(stateDir);
    const digest = keep(store, 'same line\n'.repeat(1000));
    await store.settled();
    const file = pathOf(stateDir, digest);
    expect(statSync(file).size).toBeLessThan(1000);
    expect([file, join(file, '..'), join(file, '../..'), stateDir].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o700, 0o700, 0o700]);
  });

  test('does not keep a text that is not what its digest says, such as one that was not UTF-8', async () => {
    const stateDir = join(temporaryFolder(), 'state');
    const store = openStore(stateDir);
    const bytes = Buffer.from([0x61, 0xff, 0x62]);
    store.keep({ digest: hexSha256(bytes), text: bytes.toString('utf8'), path: 'a.py' });
    await store.settled();
    expect(await openStore(stateDir).read(hexSha256(bytes))).toBeNull();
  });

  test('lets go of what was used longest ago when it has grown too large', async () => {
    const stateDir = join(temporaryFolder(), 'state');
    const store = openStore(stateDir, { bytesMax: 100_000 });
    const digests: string[] = [];
    for (let index = 0; index < 40; index += 1) {
      const digest = keep(store, noise(index, 60));
      digests.push(digest);
      await store.settled();
      const file = pathOf(stateDir, digest);
      const hoursAgo = new Date(Date.now() - (100 - index) * 3_600_000);
      if (existsSync(file)) utimesSync(file, hoursAgo, hoursAgo);
      // The first one stays in use.
      expect(await store.read(digests[0] ?? '')).not.toBeNull();
    }
    const kept = digests.filter((digest) => existsSync(pathOf(stateDir, digest)));
    const bytes = kept.reduce((sum, digest) => sum + statSync(pathOf(stateDir, digest)).size, 0);
    expect(bytes).toBeLessThanOrEqual(100_000);
    expect(bytes).toBeGreaterThan(50_000);
    expect(kept).toEqual([digests[0], ...digests.slice(digests.length - kept.length + 1)]);
  });

  test('counts itself anew when its tally makes no sense, and clears away what a killed process left', async () => {
    const stateDir = join(temporaryFolder(), 'state');
    const store = openStore(stateDir);
    const digest = keep(store, 'x');
    await store.settled();
    const abandoned = join(pathOf(stateDir, digest), '..', '.new-1-abc');
    writeFileSync(abandoned, 'half');
    utimesSync(abandoned, new Date(0), new Date(0));
    writeFileSync(join(stateDir, 'contents', 'tally'), 'nonsense\n');
    keep(store, 'y');
    await store.settled();
    expect(existsSync(abandoned)).toBe(false);
    expect(Number(readFileSync(join(stateDir, 'contents', 'tally'), 'utf8'))).toBeGreaterThan(0);
    expect(await store.read(digest)).not.toBeNull();
  });

  test('is written by many at once, and swept by several, without a loss or a half-written file', async () => {
    const stateDir = join(temporaryFolder(), 'state');
    const stores = Array.from({ length: 6 }, () => openStore(stateDir));
    const texts = Array.from({ length: 60 }, (_, index) => noise(index, 20));
    for (const text of texts) for (const store of stores) keep(store, text);
    await Promise.all(stores.map((store) => store.settled()));
    const reader = openStore(stateDir);
    for (const text of texts) expect((await reader.read(hexSha256(Buffer.from(text))))?.bytes.toString()).toBe(text);
    const small = Array.from({ length: 4 }, () => openStore(stateDir, { bytesMax: 20_000 }));
    for (const [index, store] of small.entries()) keep(store, noise(1000 + index, 20));
    await Promise.all(small.map((store) => store.settled()));
    const files = readdirSync(join(stateDir, 'contents'), { recursive: true, encoding: 'utf8' }).filter((name) => name.length > 60);
    expect(files.length).toBeLessThan(20);
    expect(readdirSync(join(stateDir, 'contents'), { recursive: true, encoding: 'utf8' }).some((name) => name.includes('.new-'))).toBe(false);
  });

  test.each([
    ['cut short', (sound: Buffer) => sound.subarray(0, sound.length - 1)],
    ['empty', () => Buffer.alloc(0)],
    ['with a changed byte', (sound: Buffer) => Buffer.concat([sound.subarray(0, -1), Buffer.from([(sound.at(-1) ?? 0) ^ 1])])],
    ['sound, of another content', (_sound: Buffer, other: Buffer) => other],
  ])('ignores and removes an entry that is %s', async (_name, damage) => {
    const stateDir = join(temporaryFolder(), 'state');
    const store = openStore(stateDir);
    const [digest, other] = [keep(store, noise(1, 2)), keep(store, noise(2, 2))];
    await store.settled();
    const file = pathOf(stateDir, digest);
    writeFileSync(file, damage(readFileSync(file), readFileSync(pathOf(stateDir, other))));
    expect(await openStore(stateDir).read(digest)).toBeNull();
    expect(existsSync(file)).toBe(false);
    const again = openStore(stateDir);
    keep(again, noise(1, 2));
    expect(await again.read(digest)).not.toBeNull();
  });

  test('says once that it cannot write, and answers that it has nothing', async () => {
    const folder = temporaryFolder();
    const cases = { file: join(folder, 'file'), open: join(folder, 'open'), link: join(folder, 'link') };
    writeFileSync(cases.file, '');
    mkdirSync(cases.open);
    chmodSync(cases.open, 0o777);
    mkdirSync(join(folder, 'target'));
    symlinkSync(join(folder, 'target'), cases.link);
    for (const stateDir of Object.values(cases)) {
      const said: string[] = [];
      const store = openStore(stateDir, { onProblem: (reason) => said.push(reason) });
      const digest = keep(store, 'x');
      await store.settled();
      keep(store, 'y');
      expect(await store.read(digest)).toBeNull();
      expect(said).toHaveLength(1);
      expect(said[0]).not.toContain(folder);
    }
    expect(readdirSync(join(folder, 'target'))).toEqual([]);
  });
});
