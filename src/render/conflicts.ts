import * as z from 'zod';
import { matchLines } from '../base/line-diff.js';
import type { BundleError } from '../bundles/schema/bundle.js';
import { printableText } from './printable-text.js';
import type { RenderContext } from './render-context.js';

const lines = z.array(z.string());
const conflictsSchema = z.object({
  conflicts: z.array(
    z.object({
      path: z.string(),
      hunk: z.string(),
      line: z.number(),
      expected: lines,
      found: lines,
      wanted: lines.exactOptional(),
      reason: z.string(),
      nearest: z.object({ line: z.number(), found: lines }).nullable(),
    }),
  ),
});

type Conflict = z.infer<typeof conflictsSchema>['conflicts'][number];

const CONFLICTS_MAX = 5;
const LINES_MAX = 12;

/** Returns where a patch does not fit: of a hunk what it expects (-) and what the file holds (+) where it comes closest, of a merge both sides. */
export function renderConflicts(context: RenderContext, { details }: BundleError): string[] {
  const read = conflictsSchema.safeParse(details);
  if (!read.success) return [];
  const { conflicts } = read.data;
  const rest = conflicts.length - CONFLICTS_MAX;
  return [...conflicts.slice(0, CONFLICTS_MAX).flatMap((conflict) => conflictLines(context, conflict)), ...(rest > 0 ? [`and ${String(rest)} more: --json has them all`] : [])];
}

function conflictLines({ colors }: RenderContext, conflict: Conflict): string[] {
  const { path, line, reason, expected, found, wanted, nearest } = conflict;
  const place = nearest?.line ?? line;
  const head = `${path}${place > 0 ? `:${String(place)}` : ''}: ${reason}`;
  if (wanted !== undefined) return [printableText(head), ...sideLines(' base ', expected, colors.dim), ...sideLines(' file ', found, colors.red), ...sideLines('patch ', wanted, colors.green)];
  const there = nearest?.found ?? found;
  if (expected.every((text, index) => text === there[index])) return [printableText(head)];
  const moved = nearest === null || nearest.line === line ? '' : `, closest here and not in line ${String(line)}`;
  return [printableText(`${head}${moved} (- the patch expects, + is there)`), ...shortened(differenceLines(colors, expected, there))];
}

function sideLines(name: string, side: readonly string[], paint: (text: string) => string): string[] {
  return shortened((side.length === 0 ? ['(nothing)'] : side).map((line) => paint(`  ${name}| ${printableText(line)}`)));
}

function differenceLines(colors: RenderContext['colors'], expected: readonly string[], found: readonly string[]): string[] {
  const printed: string[] = [];
  let [at, there] = [0, 0];
  for (const { aStart, bStart, length } of [...matchLines(expected, found), { aStart: expected.length, bStart: found.length, length: 0 }]) {
    for (const line of expected.slice(at, aStart)) printed.push(colors.red(`  -${printableText(line)}`));
    for (const line of found.slice(there, bStart)) printed.push(colors.green(`  +${printableText(line)}`));
    for (const line of expected.slice(aStart, aStart + length)) printed.push(`   ${printableText(line)}`);
    [at, there] = [aStart + length, bStart + length];
  }
  return printed;
}

function shortened(printed: readonly string[]): string[] {
  return printed.length <= LINES_MAX ? [...printed] : [...printed.slice(0, LINES_MAX - 1), `  … and ${String(printed.length - LINES_MAX + 1)} lines more`];
}
