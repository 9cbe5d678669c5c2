import type { FilePair, ScopeSymbol, StepFacts } from '../../reward/step-facts.js';
import type { Workbench } from '../workbench.js';
import type { FileTree } from '../../workspace/file-tree.js';
import { fileSide } from '../reward/file-sides.js';
import { TreeView } from '../reward/step-files.js';

/**
 * Gives the states of a run one scope and one set of files: every state then counts the diagnostics of every file that any of
 * them touched, so that Φ differs by what the states are and by nothing else. What a state leaves alone is as the base has it.
 */
export async function freezeFacts(bench: Workbench, base: FileTree, states: readonly StepFacts[]): Promise<StepFacts[]> {
  const { measured } = await bench.labs.bases.of(base);
  const view = new TreeView(base, bench.workspace);
  const paths = [...new Set(states.flatMap((state) => state.pairs.flatMap((pair) => pair.before?.path ?? [])))].filter((path) => measured.has(path)).sort();
  const unchanged = new Map<string, FilePair>();
  for (const path of paths) {
    const side = fileSide(await view.parsed(path, true), { asIs: measured, neutral: measured });
    if (side !== null) unchanged.set(path, { before: side, after: side, touched: false });
  }
  const scope = unionOf(states.flatMap((state) => state.scope));
  return states.map((state) => {
    const known = new Set(state.pairs.flatMap((pair) => pair.before?.path ?? []));
    return { ...state, ofRun: true, scope, pairs: [...state.pairs, ...[...unchanged].flatMap(([path, pair]) => (known.has(path) ? [] : [pair]))] };
  });
}

function unionOf(symbols: readonly ScopeSymbol[]): ScopeSymbol[] {
  const found = new Map(symbols.map((symbol) => [`${symbol.path}\0${symbol.symbol}`, symbol]));
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, symbol]) => symbol);
}
