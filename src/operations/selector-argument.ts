import * as z from 'zod';
import { positionSpecSchema } from '../selectors/position-spec-schema.js';

/** A selector as text or as a PositionSpec. */
export const selectorArgument = z.union([z.string(), positionSpecSchema]);
