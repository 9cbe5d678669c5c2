import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { parseSelector, printSelector } from '../../src/selectors/grammar.js';

const position = z.object({ line: z.number(), character: z.number() });
const range = z.object({ start: position, end: position });

const relocationCase = z.object({
  id: z.string(),
  repo: z.string(),
  language: z.string(),
  commit_a: z.string(),
  commit_b: z.string(),
  distance: z.number(),
  file_a: z.string(),
  path_b: z.string().nullish(),
  category: z.string(),
  selectors: z.object({ cursor: z.string(), range: z.string(), symbolic: z.string().optional(), ast: z.string().optional(), anchor_text: z.string(), anchor_prefix: z.string(), anchor_suffix: z.string() }),
  expected: z.object({
    status: z.enum(['RESOLVED', 'NOT_FOUND', 'AMBIGUOUS']),
    path: z.string().optional(),
    range: range.optional(),
    name_range: range.optional(),
    acceptable: z.array(z.string()).default([]),
    candidates: z.array(z.object({ path: z.string().optional(), range: range.optional(), start: position.optional() })).default([]),
  }),
});

/** "Where is this code at commit B?", with the answer that the history gives. */
export type RelocationCase = z.infer<typeof relocationCase>;

/** `context` is an anchor without `v`, which has only its own context to go by. */
export type Form = 'cursor' | 'range' | 'symbolic' | 'ast' | 'anchor' | 'context';

export function readCases(file: string): RelocationCase[] {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => relocationCase.parse(JSON.parse(line)));
}

/** Returns the selectors to resolve for a case. At distance 0 only the anchor by its own context is a question. */
export function selectorsOf({ selectors, commit_a, file_a, distance }: RelocationCase): { form: Form; text: string }[] {
  const query = { ctx: Math.max(selectors.anchor_prefix.length, selectors.anchor_suffix.length), pre: selectors.anchor_prefix, suf: selectors.anchor_suffix };
  const anchor = { kind: 'anchor' as const, path: file_a, snippet: selectors.anchor_text };
  const context = { form: 'context' as const, text: printSelector({ ...anchor, query }) };
  if (distance === 0) return [context];
  const v = { kind: 'git' as const, rev: commit_a };
  const pinned = (['cursor', 'range', 'symbolic', 'ast'] as const).flatMap((form) => {
    const text = selectors[form];
    return text === undefined ? [] : [{ form, text: printSelector({ ...parseSelector(text), query: { v } }) }];
  });
  return [...pinned, { form: 'anchor', text: printSelector({ ...anchor, query: { ...query, v } }) }, context];
}

export interface Answer {
  readonly kind: 'found' | 'ambiguous' | 'notFound';
  readonly path: string;
  readonly line: number;
  readonly character: number;
}

export type Judgement = 'right' | 'wrong' | 'missed' | 'refused';

/** `refused` is right where the case expects no answer, or accepts the refusal. A place counts by its start or by that of its name. */
export function judge({ expected, file_a, path_b }: RelocationCase, answer: Answer): Judgement {
  const isAt = (path: string | undefined, start: { line: number; character: number } | undefined): boolean => path === answer.path && start?.line === answer.line && start.character === answer.character;
  if (expected.status === 'RESOLVED') {
    if (answer.kind !== 'found') return expected.acceptable.includes(answer.kind === 'ambiguous' ? 'AMBIGUOUS' : 'NOT_FOUND') ? 'refused' : 'missed';
    return isAt(expected.path, expected.range?.start) || isAt(expected.path, expected.name_range?.start) ? 'right' : 'wrong';
  }
  if (answer.kind !== 'found') return 'refused';
  const any = expected.acceptable.includes('RESOLVED_ANY_CANDIDATE') && expected.candidates.some((candidate) => isAt(candidate.path ?? path_b ?? file_a, candidate.range?.start ?? candidate.start));
  return any ? 'refused' : 'wrong';
}
