import * as z from 'zod';
import type { PositionSpec } from '../base/position-spec.js';
import { positionSpecSchema } from '../selectors/position-spec-schema.js';

/** A selector as text or as a PositionSpec. */
export const selectorArgument: z.ZodType<string | PositionSpec, string | PositionSpec> = z.union([z.string(), positionSpecSchema]);
