import * as z from 'zod';
import { defineOperation } from './operation.js';
import { resolveSelector } from './resolve-selector.js';
import { selectorArgument } from './selector-argument.js';

const argsSchema = z.strictObject({ selector: selectorArgument });

/** Resolves a selector and asks no server. */
export const locate = defineOperation({
  cmd: 'locate',
  args: argsSchema,
  run: async (bench, { selector }) => {
    const snapshot = await bench.refresh();
    const { canonical, resolution, failure } = await resolveSelector(bench, snapshot, selector);
    return { args: {}, selector: canonical, resolution, snapshot: snapshot.digest, ...(failure === null ? {} : { failure }) };
  },
});
