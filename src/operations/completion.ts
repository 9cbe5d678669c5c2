import * as z from 'zod';
import type { PositionSpec } from '../base/position-spec.js';
import { completions, type CompletionPlace } from '../lsp/completions.js';
import { identifierAt } from '../selectors/identifier.js';
import { askAt, type SelectorPlace } from './ask-at.js';
import { insertionPoint } from './insertion-point.js';
import { defineOperation } from './operation.js';
import { selectorArgument } from './selector-argument.js';
import type { Workbench } from './workbench.js';

const argsSchema = z.strictObject({ selector: selectorArgument, limit: z.int().min(1).max(10_000).default(100) });

/** What could be typed at a place, best first. */
export const completion = defineOperation({
  cmd: 'completion',
  isFunctionOfSnapshot: true,
  aliases: ['completions', 'complete'],
  args: argsSchema,
  run: (bench, { selector, limit }) =>
    askAt(bench, selector, { limit }, async (session, path, _start, _snapshot, place) => {
      const found = await completions(session, path, completionPlace(bench, selector, place));
      return { completions: found.slice(0, limit), ...(found.length > limit ? { truncated: true as const } : {}) };
    }),
});

function completionPlace(bench: Workbench, selector: string | PositionSpec, place: SelectorPlace): CompletionPlace {
  const { document } = place.file;
  const position = insertionPoint(selector, place, bench.options.indexUnit);
  const line = document.lineText(position.line);
  // A private name of JavaScript begins with its #.
  const start = identifierAt(document, position, true)?.[1] ?? position.character;
  return { position, line, typed: line.slice(start, position.character) };
}
