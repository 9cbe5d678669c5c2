import { COMMON, namesIn, subwords } from './names.js';

/** What the model reads of a problem statement; an absent one has no words. */
export interface Issue {
  readonly text: string;
  readonly words: ReadonlySet<string>;
  readonly lower: ReadonlySet<string>;
  readonly parts: ReadonlySet<string>;
  readonly count: number;
  /** Names that it writes as code. */
  readonly code: ReadonlySet<string>;
  readonly trace: readonly { readonly path: string; readonly name: string }[];
}

const CALLED = /([A-Za-z_$][A-Za-z0-9_$]*)\(/g;
const MEMBER = /\.([A-Za-z_$][A-Za-z0-9_$]*)/g;
const QUOTED = /`([^`\n]+)`/g;
const TRACE_LINE = /File "([^"\n]+)", line ([0-9]+), in ([A-Za-z0-9_<>]+)/g;

/** Reads a problem statement. The twin of `Issue` in training/features.py. */
export function readIssue(text: string): Issue {
  const found = namesIn(text);
  const words = new Set(found);
  const code = new Set([...words].filter((word) => word.replace(/^_+|_+$/g, '').includes('_') || word.startsWith('_') || /[a-z][A-Z]/.test(word)));
  for (const pattern of [CALLED, MEMBER]) for (const match of text.matchAll(pattern)) code.add(match[1] ?? '');
  for (const match of text.matchAll(QUOTED)) for (const name of namesIn(match[1] ?? '')) code.add(name);
  return {
    text,
    words,
    lower: new Set(found.map((word) => word.toLowerCase())),
    parts: new Set(found.flatMap(subwords)),
    count: found.length,
    code: new Set([...code].filter((word) => word.length > 2 && !COMMON.has(word))),
    trace: [...text.matchAll(TRACE_LINE)].map((match) => ({ path: match[1] ?? '', name: match[3] ?? '' })),
  };
}
