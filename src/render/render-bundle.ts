import type { Bundle } from '../bundles/schema/bundle.js';
import type { BundleFacts } from '../bundles/schema/facts.js';
import { renderDiagnostics } from './diagnostics.js';
import { renderEdits } from './edits.js';
import { renderError } from './error.js';
import { renderHover } from './hover.js';
import { renderLocations } from './locations.js';
import { renderActions, renderCompletions, renderPreparedRename, renderSignature } from './other-facts.js';
import { renderContext, type RenderContext } from './render-context.js';
import type { RenderOptions } from './render-options.js';
import { renderRecovery } from './recovery.js';
import { renderChecks, renderServers, renderSetup } from './servers.js';
import { renderResolution } from './resolution.js';
import { renderReward } from './reward.js';
import { renderTrajectory } from './trajectory.js';
import { renderCalls, renderSymbols } from './symbols.js';
import { renderUnstable } from './unstable.js';
import { renderValidation } from './validation.js';

const LOCATION_LISTS = [
  ['definitions', 'definition'],
  ['declarations', 'declaration'],
  ['typeDefinitions', 'type definition'],
  ['implementations', 'implementation'],
  ['references', 'references'],
  ['highlights', 'highlights'],
] as const;

/**
 * Returns a bundle as text for a person or a token-counting agent, without a final line feed. It goes by what the bundle holds and
 * not by its command, so that every bundle has a text; a replayed bundle prints the same.
 */
export function renderBundle(bundle: Bundle, options: RenderOptions): string {
  const context = renderContext(options);
  const error = bundle.error === undefined ? [] : renderError(context, bundle, bundle.error);
  const reward = bundle.processReward === null || bundle.facts.trajectory !== undefined ? [] : renderReward(context, bundle.processReward);
  const edits = bundle.edits === null || !isTelling(bundle) ? [] : renderEdits(context, bundle.edits, bundle.meta.commit ?? null);
  const lines = [...error, ...renderFacts(context, bundle), ...edits, ...reward];
  const isOnlyResolved = lines.length === 0 && bundle.resolution !== null;
  return (isOnlyResolved ? renderResolution(context, bundle.resolution) : lines).join('\n');
}

/** An edit that was not made would stand between the user and why it was not; only when another one was expected it is the answer. */
function isTelling({ error }: Bundle): boolean {
  return error === undefined || (error.code === 'E/CONTENT_MODIFIED' && typeof error.details === 'object' && error.details !== null && 'expected' in error.details);
}

function renderFacts(context: RenderContext, bundle: Bundle): string[] {
  const { facts } = bundle;
  return [
    ...LOCATION_LISTS.flatMap(([key, noun]) => (facts[key] === undefined ? [] : renderLocations(context, facts[key], noun))),
    ...(facts.hover === undefined ? [] : renderHover(context, bundle)),
    ...(facts.prepareRename === undefined ? [] : renderPreparedRename(context, facts.prepareRename)),
    ...(facts.signature === undefined ? [] : renderSignature(facts.signature)),
    ...(facts.symbols === undefined ? [] : renderSymbols(context, facts.symbols, 'symbols')),
    ...(facts.types === undefined ? [] : renderSymbols(context, facts.types, 'types')),
    ...(facts.calls === undefined ? [] : renderCalls(context, facts.calls)),
    ...(facts.completions === undefined ? [] : renderCompletions(facts.completions)),
    ...(facts.setup === undefined ? [] : renderSetup(context, facts.setup)),
    ...(facts.servers === undefined ? [] : renderServers(context, facts.servers)),
    ...(facts.checks === undefined ? [] : renderChecks(context, facts.checks)),
    ...(facts.validation === undefined ? [] : renderValidation(facts.validation)),
    // Beside an edit it is the one that makes it: whatever stands before a diff begins with #.
    ...(facts.actions === undefined ? [] : renderActions(facts.actions).map((line) => (bundle.edits === null ? line : `# ${line}`))),
    ...(facts.diagnostics === undefined ? [] : renderDiagnostics(context, facts.diagnostics, facts.coverage)),
    ...(facts.recovery === undefined ? [] : renderRecovery(facts.recovery)),
    ...(facts.trajectory === undefined ? [] : renderTrajectory(context, facts.trajectory)),
    ...(facts.unstable === undefined ? [] : renderUnstable(context, facts.unstable)),
    ...(facts.truncated === undefined ? [] : [renderTruncation(facts)]),
  ];
}

function renderTruncation({ nextCursor, symbols, calls, implementations, types }: BundleFacts): string {
  if (nextCursor !== undefined) return `truncated: more than ${nextCursor.replace(/\..*/, '')} places; --cursor ${nextCursor} goes on`;
  if (symbols !== undefined) return 'truncated: the server names no more than these; a longer query finds the others';
  if (calls !== undefined || implementations !== undefined || types !== undefined) return 'truncated: the server answers this for one project, and files of others refer to it; assay refs lists them';
  return 'truncated: there are more; --limit N says how many are listed';
}
