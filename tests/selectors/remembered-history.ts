import type { ChangeSet, HistoryPort, PathMove } from '../../src/selectors/history-port.js';

export type Files = Readonly<Record<string, string>>;

/** A history of two moments: the pinned version, whatever it is called, and now. */
export function rememberedHistory(before: Files, after: Files, moves: readonly PathMove[] = []): HistoryPort {
  const changes: ChangeSet = { moves, changed: Object.keys(after).filter((path) => before[path] !== after[path]) };
  return {
    textAt: (version, path) => Promise.resolve(version.kind === 'git' && version.rev === 'unknown' ? null : (before[path] ?? null)),
    textBeside: (_version, path) => Promise.resolve(before[path] ?? null),
    textNow: (path) => Promise.resolve(after[path] ?? null),
    pathsNow: () => Promise.resolve(new Set(Object.keys(after))),
    pathsAt: () => Promise.resolve(new Set(Object.keys(before))),
    changesSince: () => Promise.resolve(changes),
  };
}
