import { execFileSync } from 'node:child_process';
import { parseStructure } from '../../src/selectors/structure.js';
import type { Declaration } from '../../src/base/declaration.js';
import { TextDocument } from '../../src/base/text-document.js';

export interface Mutation {
  readonly name: string;
  readonly base: string;
  readonly head: string;
}

export interface MutationChoice {
  readonly suffixes: readonly string[];
  readonly count: number;
  readonly seed: number;
  /** Takes members of classes instead of what lies at the top of a file, or lines of Python that decide about types. */
  readonly of?: 'top' | 'members' | 'types';
}

/** Lines of Python, and what takes their place. */
const TYPE_CHANGES: Readonly<Record<string, readonly [line: RegExp, changed: string]>> = {
  'returns nothing': [/^(\s+)return (?!None\b)[^\s([{].*[^,([{\\]$/u, '$1return None'],
  'sets nothing': [/^(\s+self\.\w+)(?:: [^=]+)? = .*[^,([{\\]$/u, '$1 = None'],
  'sets any object': [/^(\s+self\.\w+)(?:: [^=]+)? = .*[^,([{\\]$/u, '$1 = object()'],
  'declares another result': [/^(\s*(?:async )?def \w+\(.*\)) -> (?!None)[^:]+:$/u, '$1 -> object:'],
  'declares no result': [/^(\s*(?:async )?def \w+\(.*\)) -> [^:]+:$/u, '$1:'],
  'takes another parameter': [/^(\s*def \w+\(.*\w+: )str\b(.*)$/u, '$1bytes$2'],
  'is awaited': [/^(\s*)(def \w+\(.*)$/u, '$1async $2'],
  'is nothing': [/^([A-Za-z_]\w*)(?:: [^=]+)? = .*[^,([{\\]$/u, '$1 = None'],
  'has no base': [/^(class \w+)\([\w., [\]]+\):$/u, '$1:'],
  'is a property': [/^(\s+)(def \w+\(self\).*)$/u, '$1@property\n$1$2'],
  'is no property': [/^(\s+)@(?:property|classmethod|staticmethod|cached_property)$/u, '$1# gone'],
  'is of another type': [/^( {4}\w+: )\w+( =.*)?$/u, '$1bytes$2'],
  'is abstract': [/^( {4})(def [a-z]\w*\(self.*)$/u, '$1@__import__("abc").abstractmethod\n$1$2'],
};

interface Mutated {
  readonly name: string;
  readonly text: string;
}

/**
 * Commits, on top of `revision` in `clone`, mutations of random top-level functions and classes, or of methods: renamed without
 * their callers, deleted, given a further required parameter; or of random lines that decide about types. Deterministic for a seed.
 */
export async function makeMutations(clone: string, revision: string, { suffixes, count, seed, of = 'top' }: MutationChoice): Promise<Mutation[]> {
  const git = (args: readonly string[], input?: string): string => execFileSync('git', ['-C', clone, ...args], { encoding: 'utf8', maxBuffer: 1 << 28, ...(input === undefined ? {} : { input }) });
  const base = git(['rev-parse', revision]).trim();
  const paths = git(['ls-files', ...suffixes.map((suffix) => `:(glob)**/${suffix}`)]).split('\n').filter((path) => path !== '' && !/test/.test(path));
  const random = mulberry32(seed);
  const mutations: Mutation[] = [];
  for (let tries = 0; mutations.length < count && tries < count * 200; tries += 1) {
    const path = paths[Math.floor(random() * paths.length)] ?? '';
    const text = git(['show', `${base}:${path}`]);
    const mutated = of === 'types' ? await changeType(path, text, mutations.length, random) : await mutateDeclaration(path, text, of, random);
    if (mutated === null || mutated.text === text) continue;
    const blob = git(['hash-object', '-w', '--stdin'], mutated.text).trim();
    git(['read-tree', base]);
    git(['update-index', '--cacheinfo', `100644,${blob},${path}`]);
    const tree = git(['write-tree']).trim();
    const head = git(['-c', 'user.name=check', '-c', 'user.email=check@example.invalid', 'commit-tree', tree, '-p', base, '-m', mutated.name]).trim();
    git(['update-ref', `refs/heads/mutation-${String(mutations.length)}`, head]);
    git(['read-tree', 'HEAD']);
    mutations.push({ name: mutated.name, base, head });
  }
  return mutations;
}

async function mutateDeclaration(path: string, text: string, of: 'top' | 'members', random: () => number): Promise<Mutated | null> {
  const declarations = (await parseStructure(path, text))?.declarations ?? [];
  const classes = new Set(declarations.filter(({ kind, qualname }) => kind === 'class' && qualname.length === 1).map(({ name }) => name));
  const isWanted = ({ kind, qualname: [first = '', ...rest] }: Declaration): boolean => (of === 'members' ? rest.length === 1 && classes.has(first) && ['method', 'constructor'].includes(kind) : rest.length === 0 && ['function', 'class'].includes(kind));
  const functions = declarations.filter((item) => isWanted(item) && item.hasBody);
  const target = functions[Math.floor(random() * functions.length)];
  const kind = (['rename', 'delete', 'parameter'] as const)[Math.floor(random() * 3)] ?? 'rename';
  const mutated = target === undefined ? null : mutate(kind, target, new TextDocument(text));
  return target === undefined || mutated === null ? null : { name: `${kind} ${path}#${target.qualname.join('.')}`, text: mutated };
}

/** Changes one line; the kinds take turns. Null where no line is of that kind, and where the change would not parse. */
async function changeType(path: string, text: string, turn: number, random: () => number): Promise<Mutated | null> {
  const kinds = Object.entries(TYPE_CHANGES);
  const [kind, [pattern, changed]] = kinds[turn % kinds.length] ?? ['', [/$^/u, '']];
  const lines = text.split('\n');
  const places = lines.flatMap((line, index) => (pattern.test(line) ? [index] : []));
  const at = places[Math.floor(random() * places.length)];
  if (at === undefined) return null;
  const mutated = lines.map((line, index) => (index === at ? line.replace(pattern, changed) : line)).join('\n');
  return (await parseStructure(path, mutated))?.syntaxErrors.length === 0 ? { name: `${path}:${String(at + 1)} ${kind}`, text: mutated } : null;
}

function mutate(kind: 'rename' | 'delete' | 'parameter', target: Declaration, document: TextDocument): string | null {
  const offset = (line: number, character: number): number => document.offsetAt({ line, character });
  const [startLine, startCharacter, endLine, endCharacter] = kind === 'rename' ? target.nameRange : target.range;
  const [start, end] = [offset(startLine, startCharacter), offset(endLine, endCharacter)];
  if (kind === 'rename') return `${document.text.slice(0, end)}Mutated${document.text.slice(end)}`;
  if (kind === 'delete') return document.text.slice(0, start) + document.text.slice(end);
  const open = document.text.indexOf('(', offset(target.nameRange[2], target.nameRange[3]));
  if (target.kind === 'class' || open < 0) return null;
  // Python's methods are given their object first.
  const [receiver = ''] = /^\s*(?:self|cls)\b\s*,?/u.exec(document.text.slice(open + 1)) ?? [];
  const rest = document.text.slice(open + 1 + receiver.length);
  const isLast = rest.trimStart().startsWith(')');
  return `${document.text.slice(0, open + 1)}${receiver}${receiver === '' || receiver.endsWith(',') ? '' : ', '}mutated_parameter${isLast ? '' : ', '}${rest}`;
}

/** A small seeded generator of numbers in [0,1). */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
