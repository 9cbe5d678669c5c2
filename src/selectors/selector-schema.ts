import * as z from 'zod';
import { parseSelector } from './grammar.js';
import { positionSpecSchema } from './position-spec-schema.js';

/** What every selector matches; the grammar of docs/selectors.md says more than a regular expression can. */
const SHAPE = /^(?:[A-Za-z][A-Za-z0-9+.-]*:\/\/[\s\S]+|[\s\S]+@(?:L[0-9]+:C[0-9]+|R\([0-9]+,[0-9]+->[0-9]+,[0-9]+\))(?:\?[\s\S]*)?)$/;

const selectorText = z
  .string()
  .regex(SHAPE)
  .refine(isSelector, { message: 'is no selector' })
  .meta({ id: 'SelectorText', description: 'Publicly documented in docs/selectors.md; the pattern is necessary and not sufficient.' });

/** A selector as requests take it: text, or parsed. */
export const selectorSchema = z.union([selectorText, positionSpecSchema]);

function isSelector(text: string): boolean {
  try {
    parseSelector(text);
    return true;
  } catch {
    return false;
  }
}
