import type { Node, Query, QueryCapture, QueryMatch } from 'web-tree-sitter';
import type { DeclarationKind } from '../base/declaration.js';

/** A node as plain data: offsets into the text, and an id that is unique within one tree. */
export interface Span {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** One declaration as the query found it. */
export interface Definition {
  readonly kind: DeclarationKind;
  readonly node: Span;
  readonly nodeType: string;
  readonly name: Span;
  readonly nameType: string;
  readonly qualifier: Span | null;
  readonly parameters: Span | null;
  readonly body: Span | null;
  /** The signature ends before this; null when it ends before the body. */
  readonly until: Span | null;
}

/** A node that adds a name part without being a declaration: Rust's `impl`, a nested object literal. */
export interface Scope {
  readonly node: Span;
  readonly name: Span;
  readonly isClass: boolean;
}

/**
 * What a language's query captures:
 * - a declaration kind (`@class`, `@function`, …) with `@name` and optionally `@qualifier`, `@parameters`, `@body`, `@until`;
 *   of several patterns for one name the last one of the query counts;
 * - `@wrapper` with `@wrapped`: the declaration's range is that of the node around it;
 * - `@scope` or `@scope.class` with `@scope.name`; `@opaque`: declarations inside belong to no variable outside;
 * - `@comment` and `@decorator`, which belong to the declaration that they stand before;
 * - `@docstring` with `@documented`, the body (or module) that it documents;
 * - `@as.property` and `@as.signature`: what a decorator makes of a function.
 */
export interface Captures {
  readonly definitions: readonly Definition[];
  readonly wrapperOf: ReadonlyMap<number, Span>;
  readonly scopes: readonly Scope[];
  readonly opaques: readonly Span[];
  readonly comments: readonly Span[];
  readonly decorators: readonly Span[];
  readonly docstringOf: ReadonlyMap<number, Span>;
  readonly properties: ReadonlySet<number>;
  readonly signatures: ReadonlySet<number>;
  readonly errors: readonly Span[];
}

const KINDS: ReadonlySet<string> = new Set<DeclarationKind>(
  ['namespace', 'class', 'interface', 'struct', 'enum', 'enumMember', 'type', 'function', 'method', 'constructor', 'property', 'field', 'variable', 'constant', 'macro', 'import'],
);

/** Runs `query` over the tree and returns its captures in source order, detached from the tree. */
export function collectCaptures(query: Query, root: Node): Captures {
  const ranked = new Map<string, { readonly rank: number; readonly definition: Definition }>();
  const captures = { wrapperOf: new Map<number, Span>(), scopes: [] as Scope[], opaques: [] as Span[], comments: [] as Span[], decorators: [] as Span[], docstringOf: new Map<number, Span>(), properties: new Set<number>(), signatures: new Set<number>() };
  for (const match of query.matches(root)) {
    const byName = namedNodes(match);
    const definition = definitionOf(match.captures, byName);
    if (definition !== null) keepBest(ranked, definition, match);
    collectStructure(byName, captures);
  }
  const definitions = [...ranked.values()].map((entry) => entry.definition).sort((a, b) => a.node.start - b.node.start || b.node.end - a.node.end || a.name.start - b.name.start);
  return { ...captures, definitions, errors: root.hasError ? errorsUnder(root) : [] };
}

function collectStructure(
  byName: ReadonlyMap<string, Node>,
  into: { wrapperOf: Map<number, Span>; scopes: Scope[]; opaques: Span[]; comments: Span[]; decorators: Span[]; docstringOf: Map<number, Span>; properties: Set<number>; signatures: Set<number> },
): void {
  const spanOf = (name: string): Span | null => toSpan(byName.get(name));
  const wrapper = spanOf('wrapper');
  const wrapped = byName.get('wrapped');
  if (wrapper !== null && wrapped !== undefined) into.wrapperOf.set(wrapped.id, wrapper);
  const scope = spanOf('scope') ?? spanOf('scope.class');
  const scopeName = spanOf('scope.name');
  if (scope !== null && scopeName !== null) into.scopes.push({ node: scope, name: scopeName, isClass: byName.has('scope.class') });
  const documented = byName.get('documented');
  const docstring = spanOf('docstring');
  if (documented !== undefined && docstring !== null) into.docstringOf.set(documented.id, docstring);
  for (const [name, list] of [['opaque', into.opaques], ['comment', into.comments], ['decorator', into.decorators]] as const) {
    const span = spanOf(name);
    if (span !== null) list.push(span);
  }
  const property = byName.get('as.property');
  if (property !== undefined) into.properties.add(property.id);
  const signature = byName.get('as.signature');
  if (signature !== undefined) into.signatures.add(signature.id);
}

function definitionOf(captures: readonly QueryCapture[], byName: ReadonlyMap<string, Node>): Definition | null {
  const capture = captures.find(({ name }) => KINDS.has(name));
  const name = byName.get('name');
  const node = toSpan(capture?.node);
  const nameSpan = toSpan(name);
  if (capture === undefined || name === undefined || node === null || nameSpan === null || nameSpan.start === nameSpan.end) return null;
  return {
    kind: capture.name as DeclarationKind,
    node,
    nodeType: capture.node.type,
    name: nameSpan,
    nameType: name.type,
    qualifier: toSpan(byName.get('qualifier')),
    parameters: toSpan(byName.get('parameters')),
    body: toSpan(byName.get('body')),
    until: toSpan(byName.get('until')),
  };
}

/** A later pattern is more special; within one pattern, the match that binds more is the whole one. */
function keepBest(ranked: Map<string, { readonly rank: number; readonly definition: Definition }>, definition: Definition, match: QueryMatch): void {
  const key = `${String(definition.name.start)}-${String(definition.name.end)}`;
  const rank = match.patternIndex * 16 + match.captures.length;
  const known = ranked.get(key);
  if (known === undefined || known.rank < rank) ranked.set(key, { rank, definition });
}

function namedNodes(match: QueryMatch): Map<string, Node> {
  const byName = new Map<string, Node>();
  for (const { name, node } of match.captures) if (!byName.has(name)) byName.set(name, node);
  return byName;
}

function toSpan(node: Node | undefined): Span | null {
  return node === undefined ? null : { id: node.id, start: node.startIndex, end: node.endIndex };
}

/** Returns the outermost ERROR and the MISSING nodes; clean subtrees are not entered. */
function errorsUnder(root: Node): Span[] {
  const found: Span[] = [];
  const pending: Node[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const span = node.isError || node.isMissing ? toSpan(node) : null;
    if (span !== null) found.push(span);
    else pending.push(...node.children.filter((child) => child.hasError || child.isMissing));
  }
  return found.sort((a, b) => a.start - b.start || a.end - b.end);
}
