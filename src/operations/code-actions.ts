import { sha256 } from '../base/digest.js';
import { Failure } from '../base/failure.js';
import type { BundleFacts } from '../bundles/schema/facts.js';
import type { ServerAction } from '../lsp/code-actions.js';

/** A code action with the id by which it can be asked for. */
export interface NamedAction {
  readonly id: string;
  readonly action: ServerAction;
}

/** Names actions by kind and title; of several alike the later ones are counted. */
export function namedActions(actions: readonly ServerAction[]): NamedAction[] {
  const seen = new Map<string, number>();
  return actions.map((action) => {
    const name = sha256(JSON.stringify([action.kind, action.title])).slice('sha256:'.length, 'sha256:'.length + 8);
    const namesakes = seen.get(name) ?? 0;
    seen.set(name, namesakes + 1);
    return { id: namesakes === 0 ? name : `${name}~${String(namesakes)}`, action };
  });
}

export function bundleActions(actions: readonly NamedAction[]): NonNullable<BundleFacts['actions']> {
  return actions.map(({ id, action: { title, kind, isPreferred, disabledReason, isCommandOnly } }) => ({ id, title, kind, isPreferred, disabledReason, commandOnly: isCommandOnly }));
}

/** What to choose by: a title or an id, or a kind alone. */
export interface ActionWish {
  readonly action: string | null;
  readonly kind: string | null;
}

/**
 * Returns the one action that is meant. Several of a kind are decided by the one that the server prefers, as an editor's "fix this" is; several of one title by
 * nothing. Returns E/NOT_FOUND when there is none, E/AMBIGUOUS when there are several, E/UNSUPPORTED_CAP for one that is not on offer.
 */
export function chosenAction(actions: readonly NamedAction[], { action: wanted, kind }: ActionWish): NamedAction | Failure {
  const matching = wanted === null ? actions : actions.filter(({ id, action }) => id === wanted || action.title === wanted);
  const enabled = matching.filter(({ action }) => action.disabledReason === null);
  const what = wanted === null ? `kind ${kind ?? ''}` : JSON.stringify(wanted);
  const [only, ...others] = enabled;
  if (only === undefined) {
    const [disabled] = matching;
    if (disabled !== undefined) return new Failure('E/UNSUPPORTED_CAP', `${JSON.stringify(disabled.action.title)} is not on offer here: ${disabled.action.disabledReason ?? ''}`, { hint: 'Nothing was changed.' });
    return new Failure('E/NOT_FOUND', `there is no code action of ${what} at that place`, { hint: 'Nothing was changed. assay actions SEL lists those that there are.' });
  }
  if (others.length === 0) return only;
  const preferred = enabled.filter(({ action }) => action.isPreferred);
  if (wanted === null && preferred.length === 1 && preferred[0] !== undefined) return preferred[0];
  return new Failure('E/AMBIGUOUS', `${String(enabled.length)} code actions are of ${what}`, { hint: 'Nothing was changed. Give one of the ids of facts.actions as --action.' });
}
