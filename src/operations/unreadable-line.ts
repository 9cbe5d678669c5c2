import type { Json } from '../base/canonical-json.js';
import { Failure, type FailureCode } from '../base/failure.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import { toldOptions, type EngineOptions } from './engine.js';
import { failureBundle } from './failure-bundle.js';

/** What a trace holds of a line of input that is no request: instead of its arguments, why it is none. */
interface RecordedLine {
  readonly unreadable: { readonly code: FailureCode; readonly message: string; readonly hint: string; readonly details: Json };
}

/** Answers a line of input of `cmd` that is no request. It is recorded like every other. */
export function refuseLine(cmd: string, id: string | number | null, failure: Failure, options: EngineOptions): Promise<Bundle> {
  const answer = (): Promise<Bundle> => Promise.resolve(failureBundle({ cmd, args: {} }, failure));
  const { code, message, hint, details = null } = failure;
  return options.story === undefined ? answer() : options.story.operation({ cmd, args: { unreadable: { code, message, hint, details: details as Json } }, options: toldOptions(options, 0), id }, answer);
}

/** Answers again what refuseLine recorded; null for what it did not. */
export function answerRecordedLine({ cmd, args }: { readonly cmd: string; readonly args: Json }): Promise<Bundle> | null {
  const { unreadable } = args as unknown as Partial<RecordedLine>;
  if (unreadable === undefined) return null;
  const { code, message, hint, details } = unreadable;
  return Promise.resolve(failureBundle({ cmd, args: {} }, new Failure(code, message, { hint, ...(details === null ? {} : { details: details }) })));
}
