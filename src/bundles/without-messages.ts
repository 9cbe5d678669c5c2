import type { Json } from '../base/canonical-json.js';
import { isArray, isObject, mapValues, type JsonObject } from './json-shape.js';

/**
 * Returns `value` without the `message` of every diagnostic in it and of that diagnostic's `relatedInformation`, however deep.
 * A diagnostic is known by its shape (uri, range, severity, message), so that a new list of them cannot be forgotten here.
 */
export function withoutMessages(value: Json): Json {
  if (isArray(value)) return value.map(withoutMessages);
  if (!isObject(value)) return value;
  return mapValues(isDiagnostic(value) ? withoutOwnMessages(value) : value, withoutMessages);
}

function isDiagnostic(value: JsonObject): boolean {
  return 'uri' in value && 'range' in value && 'severity' in value && 'message' in value;
}

function withoutOwnMessages(diagnostic: JsonObject): JsonObject {
  const kept = withoutMessage(diagnostic);
  const related = kept['relatedInformation'];
  if (!isArray(related)) return kept;
  return { ...kept, relatedInformation: related.map((item) => (isObject(item) ? withoutMessage(item) : item)) };
}

function withoutMessage(object: JsonObject): JsonObject {
  const { message: _message, ...kept } = object;
  return kept;
}
