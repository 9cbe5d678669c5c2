import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Range } from '../../src/base/range.js';
import { isTestPath } from '../../src/reward/path-roles.js';
import { parseStructure, parseTokens } from '../../src/selectors/structure.js';
import { mulberry32 } from '../check-real/mutations.js';

export type TargetKind = 'function' | 'method' | 'class' | 'parameter' | 'attribute';

/** A thing to rename: where it is declared, and a name that nothing has. */
export interface RenameTarget {
  readonly kind: TargetKind;
  readonly selector: string;
  readonly name: string;
  readonly newName: string;
}

const KINDS: readonly TargetKind[] = ['function', 'method', 'class', 'parameter', 'attribute'];
const KIND_OF: Readonly<Record<string, TargetKind>> = { function: 'function', method: 'method', class: 'class', interface: 'class', type: 'class', field: 'attribute', property: 'attribute' };

/** Returns `count` targets outside of tests, as many of each kind as there are; the same for the same seed and revision. */
export async function chooseTargets(clone: string, count: number, seed: number): Promise<RenameTarget[]> {
  const paths = execFileSync('git', ['-C', clone, 'ls-files', '*.py', '*.ts', '*.tsx'], { encoding: 'utf8' }).split('\n').filter((path) => path !== '' && !isTestPath(path) && !/\.d\.ts$|^(docs|examples|benchmarks)\//.test(path));
  const pools = new Map<TargetKind, RenameTarget[]>(KINDS.map((kind) => [kind, []]));
  for (const path of paths) for (const target of await targetsIn(path, readFileSync(join(clone, path), 'utf8'))) pools.get(target.kind)?.push(target);
  const random = mulberry32(seed);
  const chosen: RenameTarget[] = [];
  while (chosen.length < count && [...pools.values()].some((pool) => pool.length > 0)) {
    for (const kind of KINDS) {
      const pool = pools.get(kind) ?? [];
      const [target] = pool.splice(Math.floor(random() * pool.length), 1);
      if (target !== undefined && chosen.length < count) chosen.push(target);
    }
  }
  return chosen;
}

async function targetsIn(path: string, text: string): Promise<RenameTarget[]> {
  const found: RenameTarget[] = [];
  const note = (kind: TargetKind, name: string, range: Range): void => {
    // What the language or a test runner calls by name is refused or has another meaning; it is not what a rename is for.
    if (/^__.*__$|^constructor$|^default$|^_$|^self$|^cls$/.test(name) || !/^#?[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) return;
    found.push({ kind, name, selector: `${path}@L${String(range[0] + 1)}:C${String(range[1] + 1)}`, newName: path.endsWith('.py') ? `${name}_renamed` : `${name}Renamed` });
  };
  for (const { kind, name, nameRange } of (await parseStructure(path, text))?.declarations ?? []) {
    const target = KIND_OF[kind];
    if (target !== undefined) note(target, name, nameRange);
  }
  const seen = new Set<string>();
  const tokens = (await parseTokens(path, text))?.tokens ?? [];
  for (const [index, { type, parentType, text: name, range }] of tokens.entries()) {
    if (type !== 'identifier') continue;
    if (/^(parameters|typed_parameter|default_parameter|typed_default_parameter|required_parameter|optional_parameter)$/.test(parentType) && tokens[index - 1]?.text !== '=') note('parameter', name, range);
    // An attribute that an instance gets: `self.name = …`.
    const isAssigned = tokens[index + 1]?.text === '=' && tokens[index - 1]?.text === '.' && tokens[index - 2]?.text === 'self';
    if (path.endsWith('.py') && isAssigned && !seen.has(name)) {
      seen.add(name);
      note('attribute', name, range);
    }
  }
  return found;
}
