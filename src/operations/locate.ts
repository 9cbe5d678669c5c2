import * as z from 'zod';
import { defineOperation } from './operation.js';
import { resolveSelector } from './resolve-selector.js';
import { selectorArgument } from './selector-argument.js';

/** `preview` changes what is printed, not what is found, so it is no part of the bundle. */
const argsSchema = z.strictObject({ selector: selectorArgument, preview: z.boolean().default(false) });

/** Resolves a selector and asks no server. */
export const locate = defineOperation({
  cmd: 'locate',
  isFunctionOfSnapshot: true,
  args: argsSchema,
  run: async (bench, { selector }) => {
    const started = performance.now();
    const snapshot = await bench.refresh();
    const refreshed = performance.now();
    const { canonical, resolution, failure } = await resolveSelector(bench, snapshot, selector);
    const timings = { snapshot: refreshed - started, resolve: performance.now() - refreshed };
    return { args: {}, selector: canonical, resolution, snapshot: snapshot.digest, timings, ...(failure === null ? {} : { failure }) };
  },
});
