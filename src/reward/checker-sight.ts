import type { Coverage } from '../base/process-reward.js';
import { losesTypes } from './path-roles.js';
import type { FilePair } from './step-facts.js';

/**
 * Says how a step took a file out of its checker's sight, or null when it did not: it was checked before, is still there, and
 * is now excluded, unknown to every checker, or renamed to a language without types. What was found in it is not mended then.
 */
export function lostFromSight({ before, after }: FilePair, coverage: Coverage): string | null {
  if (before?.neutral == null || after === null || coverage.excluded.includes(before.path)) return null;
  if (coverage.failed.some((file) => file.path === before.path || file.path === after.path)) return null;
  const isUnseen = after.neutral === null || coverage.excluded.includes(after.path);
  if (!isUnseen && !losesTypes(before.path, after.path)) return null;
  if (before.path === after.path) return 'it is no longer checked';
  return isUnseen ? `renamed to ${after.path}, which is not checked` : `renamed to ${after.path}, whose types are not checked`;
}
