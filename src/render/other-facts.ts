import type { BundleFacts } from '../bundles/schema/facts.js';
import { printableText } from './printable-text.js';

/** Returns a line per code action: its title, its kind, and why it is not on offer where it is not. */
export function renderActions(actions: NonNullable<BundleFacts['actions']>): string[] {
  if (actions.length === 0) return ['no actions'];
  return actions.map(({ title, kind, isPreferred, disabledReason }) => {
    const disabled = disabledReason === null ? '' : ` (disabled: ${disabledReason})`;
    return printableText(`${isPreferred ? '* ' : ''}${title}${kind === null ? '' : ` [${kind}]`}${disabled}`);
  });
}

/** Returns a line per completion. */
export function renderCompletions(completions: NonNullable<BundleFacts['completions']>): string[] {
  if (completions.length === 0) return ['no completions'];
  return completions.map(({ label, kind, detail }) => printableText([label, kind, detail].filter((part) => part !== null).join(' ')));
}

/** Returns a line per signature, the active one marked, with the parameter that the place is at. */
export function renderSignature(signature: NonNullable<BundleFacts['signature']> | null): string[] {
  if (signature === null || signature.signatures.length === 0) return ['no signature'];
  return signature.signatures.map(({ label, parameters }, index) => {
    if (index !== (signature.activeSignature ?? 0)) return printableText(`  ${label}`);
    const parameter = signature.activeParameter === null ? undefined : parameters[signature.activeParameter];
    return printableText(`> ${label}${parameter === undefined ? '' : ` [at ${parameter.label}]`}`);
  });
}
