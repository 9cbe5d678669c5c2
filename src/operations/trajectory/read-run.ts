import * as z from 'zod';
import { Failure } from '../../base/failure.js';
import { parseJson } from '../../base/parse-json.js';

/** What one step of an agent run did, as far as its record says. */
export type RecordedStep =
  /** A command line of SWE-agent or of a shell, with what came back; null when that was not recorded. */
  | { readonly kind: 'action'; readonly action: string; readonly observation: string | null }
  | { readonly kind: 'patch'; readonly patch: string }
  /** Whole files written; null content deletes. */
  | { readonly kind: 'files'; readonly files: readonly { readonly path: string; readonly content: string | null }[] }
  | { readonly kind: 'tool'; readonly tool: string; readonly input: ToolInput; readonly observation: string | null }
  | { readonly kind: 'unreadable'; readonly reason: string };

export type ToolInput = Readonly<Record<string, unknown>>;

export interface RecordedRun {
  readonly steps: readonly RecordedStep[];
  /** The patch that the run handed in; null when the record has none. */
  readonly submission: string | null;
}

const text = z.string().nullish();
const runSchema = z.looseObject({
  trajectory: z.array(z.unknown()).optional(),
  steps: z.array(z.unknown()).optional(),
  info: z.looseObject({ submission: text }).nullish(),
  final_patch: text,
});
const stepSchema = z.looseObject({
  action: text,
  observation: text,
  patch: text,
  files: z.array(z.looseObject({ path: z.string(), content: z.string().nullable() })).optional(),
  tool: text,
  input: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Reads SWE-agent's `.traj`, or JSON Lines with a step each (`action` and `observation`, a `patch`, `files` with whole contents,
 * or a `tool` and its `input`). Thoughts are not looked at. Throws E/BAD_ARGUMENT for a text that is neither.
 */
export function readRun(source: string): RecordedRun {
  const whole = parseJson(source);
  const run = runSchema.safeParse(whole);
  const steps = run.success ? (run.data.trajectory ?? run.data.steps) : undefined;
  if (run.success && steps !== undefined) return { steps: steps.map(readStep), submission: run.data.info?.submission ?? run.data.final_patch ?? null };
  const lines = source.split(/\r?\n/u).filter((line) => line.trim() !== '');
  const parsed = lines.map(parseJson);
  if (lines.length === 0 || parsed.some((line) => typeof line !== 'object' || line === null || Array.isArray(line))) {
    const bad = parsed.findIndex((line) => typeof line !== 'object' || line === null || Array.isArray(line));
    throw new Failure('E/BAD_ARGUMENT', lines.length === 0 ? 'the run is empty' : `line ${String(bad + 1)} of the run is no JSON object`, {
      hint: 'A run is a .traj file of SWE-agent, or JSON Lines with one step each. Nothing was started.',
    });
  }
  return { steps: parsed.map(readStep), submission: null };
}

function readStep(value: unknown): RecordedStep {
  const parsed = stepSchema.safeParse(value);
  if (!parsed.success) return { kind: 'unreadable', reason: z.prettifyError(parsed.error).split('\n', 1)[0] ?? 'no step' };
  const { action, observation = null, patch, files, tool, input } = parsed.data;
  if (patch != null) return { kind: 'patch', patch };
  if (files !== undefined) return { kind: 'files', files };
  if (tool != null) return { kind: 'tool', tool, input: input ?? {}, observation };
  if (action != null) return { kind: 'action', action, observation };
  return { kind: 'unreadable', reason: 'the step has neither action, patch, files nor tool' };
}
