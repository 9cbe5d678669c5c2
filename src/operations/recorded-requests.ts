import type { Json } from '../base/canonical-json.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import { answerRecordedModel } from './model-only.js';
import { answerRecordedLine } from './unreadable-line.js';

/** Answers again what a trace holds and no desk answers: a line that was no request, a question for the model alone. Null for every other one. */
export function answerRecorded(request: { readonly cmd: string; readonly args: Json }): Promise<Bundle> | null {
  return answerRecordedLine(request) ?? answerRecordedModel(request);
}
