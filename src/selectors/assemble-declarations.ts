import type { Node } from 'web-tree-sitter';
import type { Declaration, DeclarationKind } from '../base/declaration.js';
import type { TextDocument } from '../base/text-document.js';
import type { Captures, Definition, Scope, Span } from './captures.js';
import { declaredName, qualifierParts } from './declaration-names.js';
import type { Language } from './languages.js';
import { leadingTriviaFinder } from './leading-trivia.js';

/** An open node on the way down to a declaration. */
interface Container {
  readonly end: number;
  /** Where the declaration's own value ends, -1 when it has none. */
  readonly valueEnd: number;
  readonly parts: readonly string[];
  readonly role: 'class' | 'namespace' | 'function' | 'variable' | 'opaque';
}

const CLASS_LIKE: ReadonlySet<DeclarationKind> = new Set(['class', 'interface', 'struct', 'enum', 'type', 'enumMember']);
const FUNCTION_LIKE: ReadonlySet<DeclarationKind> = new Set(['function', 'method', 'constructor', 'macro', 'property']);
/** Has no implementation: a value, at most. */
const BODILESS: ReadonlySet<DeclarationKind> = new Set(['variable', 'constant', 'field', 'import', 'type', 'enumMember']);
const DATA: ReadonlySet<DeclarationKind> = new Set(['variable', 'constant', 'field', 'import']);

/** Returns the declarations of a parsed file in source order, parents before members, the module first. */
export function assembleDeclarations(language: Language, captures: Captures, root: Node, document: TextDocument): Declaration[] {
  const declarations: Declaration[] = [moduleDeclaration(captures, root, document)];
  const overloads = new Map<string, number>();
  const triviaOf = leadingTriviaFinder(language, captures, document.text);
  const open: Container[] = [];
  for (const item of inOrder(captures)) {
    while ((open.at(-1)?.end ?? Infinity) < item.span.end) open.pop();
    if (item.definition === undefined) {
      if (!isOwnValue(item.span, open)) open.push(containerOf(item, document.text));
      continue;
    }
    const place = placeOf(item.definition, open);
    const found = place === null ? null : declare(language, captures, document, item.definition, place, triviaOf);
    if (found === null) continue;
    const key = JSON.stringify(found.qualname);
    const overload = overloads.get(key) ?? 0;
    open.push({ end: item.span.end, valueEnd: item.definition.body?.end ?? -1, parts: found.parts, role: roleOf(found.kind) });
    if (overload > 0 && language.assignmentDeclares && (found.kind === 'variable' || found.kind === 'constant' || found.kind === 'field')) continue;
    overloads.set(key, overload + 1);
    const { parts: _parts, ...declaration } = found;
    declarations.push({ ...declaration, overload });
  }
  return declarations;
}

interface Item {
  readonly span: Span;
  readonly definition?: Definition;
  readonly scope?: Scope;
}

function inOrder(captures: Captures): Item[] {
  const items: Item[] = [
    ...captures.definitions.map((definition): Item => ({ span: definition.node, definition })),
    ...captures.scopes.map((scope): Item => ({ span: scope.node, scope })),
    ...captures.opaques.map((span): Item => ({ span })),
  ];
  return items.sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end);
}

/** True for the arrow function of `const f = () => …`: it is the declaration that was opened just before, not something inside its value. */
function isOwnValue(span: Span, open: readonly Container[]): boolean {
  const last = open.at(-1);
  return last !== undefined && last.role !== 'variable' && last.role !== 'opaque' && last.valueEnd === span.end;
}

function containerOf(item: Item, text: string): Container {
  const { scope, span } = item;
  if (scope === undefined) return { end: span.end, valueEnd: -1, parts: [], role: 'opaque' };
  const parts = scope.isClass ? qualifierParts(text.slice(scope.name.start, scope.name.end)) : declaredName(text, scope.name.start, scope.name.end, 'field').parts;
  return { end: span.end, valueEnd: -1, parts, role: scope.isClass ? 'class' : 'variable' };
}

function roleOf(kind: DeclarationKind): Container['role'] {
  if (kind === 'namespace') return 'namespace';
  if (CLASS_LIKE.has(kind)) return 'class';
  return FUNCTION_LIKE.has(kind) ? 'function' : 'variable';
}

interface Place {
  readonly prefix: readonly string[];
  readonly inClass: boolean;
}

/** Returns the name parts around a definition, or null for a local: data declared inside a function. */
function placeOf(definition: Definition, open: readonly Container[]): Place | null {
  let nearest: Container['role'] | undefined;
  let opaque = false;
  const isData = DATA.has(definition.kind);
  const kept: Container[] = [];
  for (const container of [...open].reverse()) {
    if (container.role === 'opaque') {
      opaque = true;
      nearest ??= 'opaque';
    } else if (container.role !== 'variable' || !(opaque || isData)) {
      kept.push(container);
      if (container.role !== 'variable') nearest ??= container.role;
    }
  }
  if (isData && (nearest === 'function' || nearest === 'opaque')) return null;
  return { prefix: kept.reverse().flatMap((container) => container.parts), inClass: nearest === 'class' };
}

function declare(
  language: Language,
  captures: Captures,
  document: TextDocument,
  definition: Definition,
  place: Place,
  triviaOf: ReturnType<typeof leadingTriviaFinder>,
): (Omit<Declaration, 'overload'> & { readonly parts: readonly string[] }) | null {
  const { text } = document;
  const name = declaredName(text, definition.name.start, definition.name.end, definition.kind);
  const last = name.parts.at(-1);
  if (last === undefined) return null;
  const qualifier = definition.qualifier === null ? [] : qualifierParts(text.slice(definition.qualifier.start, definition.qualifier.end));
  const parts = [...qualifier, ...name.parts];
  const outer = outermost(captures, definition.node);
  const trivia = triviaOf(outer.start, outer.end);
  const qualname = [...place.prefix, ...parts];
  const kind = kindOf(language, captures, definition, place.inClass || parts.length > 1, last, qualname.at(-2));
  const docstring = definition.body === null ? undefined : captures.docstringOf.get(definition.body.id);
  const doc = docstring ?? trivia.doc;
  return {
    name: last,
    parts,
    qualname,
    kind,
    range: document.rangeOf(trivia.start, outer.end),
    nameRange: document.rangeOf(name.start, name.end),
    signatureRange: document.rangeOf(trivia.signatureStart, Math.max(name.end, signatureEnd(text, trivia.signatureStart, definition, outer.end))),
    bodyRange: definition.body === null ? null : document.rangeOf(definition.body.start, definition.body.end),
    docRange: doc === null ? null : document.rangeOf(doc.start, doc.end),
    hasBody: definition.body !== null && !BODILESS.has(kind) && !captures.signatures.has(definition.node.id),
    parameters: parametersOf(text, definition.parameters),
    nodeType: definition.nodeType,
  };
}

function outermost(captures: Captures, node: Span): Span {
  let outer = node;
  for (let wrapper = captures.wrapperOf.get(outer.id); wrapper !== undefined; wrapper = captures.wrapperOf.get(outer.id)) outer = wrapper;
  return outer;
}

function kindOf(language: Language, captures: Captures, definition: Definition, inClass: boolean, name: string, container: string | undefined): DeclarationKind {
  if (captures.properties.has(definition.node.id)) return 'property';
  if (definition.kind === 'function' || definition.kind === 'method') {
    const constructs = language.constructorNames.includes(name) || (language.id === 'cpp' && name === container);
    if (inClass || definition.kind === 'method') return constructs ? 'constructor' : 'method';
    return 'function';
  }
  if (definition.kind === 'variable' && inClass) return 'field';
  if (definition.kind === 'variable' && language.assignmentDeclares && /^[A-Z][A-Z0-9_]*$/.test(name)) return 'constant';
  return definition.kind;
}

function signatureEnd(text: string, start: number, { until, body }: Definition, end: number): number {
  const limit = until?.start ?? body?.start ?? end;
  return start + text.slice(start, limit).replace(/(\s|=>|=|;|,)+$/, '').length;
}

function parametersOf(text: string, parameters: Span | null): string {
  if (parameters === null) return '';
  const written = text.slice(parameters.start, parameters.end).replace(/\s+/g, ' ');
  return written.replace(/^\(\s*/, '').replace(/\s*,?\s*\)$/, '');
}

function moduleDeclaration(captures: Captures, root: Node, document: TextDocument): Declaration {
  const whole = document.rangeOf(0, document.text.length);
  const docstring = captures.docstringOf.get(root.id);
  return {
    name: '',
    qualname: [],
    kind: 'module',
    range: whole,
    nameRange: [0, 0, 0, 0],
    signatureRange: [0, 0, 0, 0],
    bodyRange: whole,
    docRange: docstring === undefined ? null : document.rangeOf(docstring.start, docstring.end),
    overload: 0,
    hasBody: true,
    parameters: '',
    nodeType: root.type,
  };
}
