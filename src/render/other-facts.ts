import type { BundleFacts } from '../bundles/schema/facts.js';
import { printableText } from './printable-text.js';
import type { RenderContext } from './render-context.js';

/** Returns a line per code action: its id, its title (with a star the preferred ones), its kind, and why it is not on offer where it is not. */
export function renderActions(actions: NonNullable<BundleFacts['actions']>): string[] {
  if (actions.length === 0) return ['no actions'];
  return actions.map(({ id, title, kind, isPreferred, disabledReason, commandOnly }) => {
    const disabled = disabledReason === null ? '' : ` (disabled: ${disabledReason})`;
    return printableText(`${id} ${isPreferred ? '* ' : ''}${title}${kind === null ? '' : ` [${kind}]`}${commandOnly ? ' (a command, never run)' : ''}${disabled}`);
  });
}

/** Returns where the name is that a rename would replace, and the name. */
export function renderPreparedRename(context: RenderContext, prepared: NonNullable<BundleFacts['prepareRename']> | null): string[] {
  return [prepared === null ? 'it cannot be renamed' : `${context.view.place(prepared.uri, prepared.range)} ${printableText(prepared.placeholder)}`];
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
