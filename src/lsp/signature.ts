import type { Position } from '../base/range.js';
import { askServer, QUESTIONS } from './questions.js';
import type { Session } from './session.js';
import { isAbsent, isFields, malformedAnswer, markupText } from './wire.js';

export interface Signature {
  readonly label: string;
  readonly documentation: string | null;
  readonly parameters: readonly { readonly label: string }[];
}

/** The signatures that the call around a place could have. */
export interface SignatureHelp {
  readonly signatures: readonly Signature[];
  /** Index of the one that fits best. */
  readonly activeSignature: number;
  /** Which parameter of that one the place is in; null when it is in none, as behind the last. */
  readonly activeParameter: number | null;
}

/** Returns the signatures of the call that `position` is in the arguments of; null when it is in none. */
export async function signatureHelp(session: Session, path: string, position: Position): Promise<SignatureHelp | null> {
  const answer = await askServer(session, 'signature', path, position);
  if (answer === null) return null;
  const malformed = (): Error => malformedAnswer(session.spec.id, QUESTIONS.signature.method);
  if (!isFields(answer) || !Array.isArray(answer['signatures'])) throw malformed();
  const wire: readonly unknown[] = answer['signatures'];
  const signatures = wire.map((signature) => {
    const read = toSignature(signature);
    if (read === null) throw malformed();
    return read;
  });
  if (signatures.length === 0) return null;
  const activeSignature = indexBelow(signatures.length, answer['activeSignature']) ?? 0;
  const active = wire[activeSignature];
  const own = isFields(active) ? active['activeParameter'] : undefined;
  const activeParameter = indexBelow(signatures[activeSignature]?.parameters.length ?? 0, own === undefined ? answer['activeParameter'] : own);
  return { signatures, activeSignature, activeParameter };
}

function toSignature(wire: unknown): Signature | null {
  if (!isFields(wire) || typeof wire['label'] !== 'string') return null;
  const { label, documentation, parameters = [] } = wire;
  const text = isAbsent(documentation) ? '' : markupText(documentation);
  if (text === null || !Array.isArray(parameters)) return null;
  const labels = parameters.map((parameter) => parameterLabel(label, parameter)).filter((item) => item !== null);
  return labels.length === parameters.length ? { label, documentation: text === '' ? null : text, parameters: labels.map((item) => ({ label: item })) } : null;
}

/** A parameter's label is its text, or where that is in the label of the signature. */
function parameterLabel(signature: string, parameter: unknown): string | null {
  const label = isFields(parameter) ? parameter['label'] : null;
  if (typeof label === 'string') return label;
  if (!Array.isArray(label) || label.length !== 2) return null;
  const [start, end] = label as readonly unknown[];
  return typeof start === 'number' && typeof end === 'number' ? signature.slice(start, end) : null;
}

/** Pyright says "none" by an index past the last. */
function indexBelow(count: number, value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < count ? value : null;
}
