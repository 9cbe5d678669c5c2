import type { AstSegment, PositionSpec, Role } from '../base/position-spec.js';
import { parseQuery } from './selector-query.js';
import { SelectorScanner } from './selector-scanner.js';

const ROLES: readonly string[] = ['def', 'sig', 'body', 'doc'] satisfies Role[];
const SYMBOL_HINT = 'Write a symbol as py://pkg.mod#Class.method:body or sym://src/app.ts#Class.method; a bare # names the module; percent-encode . : # ? & = % " [ ] ( ) / and spaces in a name.';
const AST_HINT = 'Write an AST path as ast://[module=pkg.mod]/[class=A]/[def=m] or ast://[file=src/app.ts]/[function=f][1]/name[1].';

/** Parses what follows `scheme://` at `at`: `module#qualname:role?query`. */
export function parseSymbolic(text: string, at: number, scheme: string, toPath: (raw: string) => string): PositionSpec {
  const scanner = new SelectorScanner(text, at, queryStart(text, at), SYMBOL_HINT);
  const rawModule = scanner.rawUntil('#');
  if (rawModule === '') throw scanner.failure(scheme === 'py' ? 'a module such as pkg.mod' : 'a file path');
  const module = scanner.decode(scheme === 'py' ? rawModule : toPath(rawModule), at);
  if (scheme === 'py') rejectEmptyPart(scanner, rawModule, at);
  scanner.expect('#', '"#" and a qualified name');
  const { qualname, role } = parseQualname(scanner);
  scanner.end = text.length;
  const language = scheme === 'py' || scheme === 'sym' ? {} : { language: scheme };
  return { kind: 'symbolic', scheme: scheme === 'py' ? 'py' : 'sym', ...language, module, qualname, role, query: parseQuery(scanner) };
}

function parseQualname(scanner: SelectorScanner): { qualname: string[]; role: Role } {
  const start = scanner.at;
  const written = scanner.text.slice(start, scanner.end);
  const colon = written.lastIndexOf(':');
  const hasRole = colon !== -1 && written[colon - 1] !== ':';
  const role = hasRole ? written.slice(colon + 1) : 'def';
  if (!isRole(role)) throw scanner.failureAt(start + colon + 1, `one of the roles ${ROLES.join(', ')}`);
  const end = hasRole ? start + colon : scanner.end;
  const qualname: string[] = [];
  while (scanner.at < end) {
    const at = scanner.at;
    const raw = scanner.rawUntil('.', '::').slice(0, end - at);
    scanner.at = at + raw.length;
    const stray = raw.search(/[:#[\]()/"&=\s]/);
    if (stray !== -1) throw scanner.failureAt(at + stray, 'a name; percent-encode this character in one');
    if (raw === '') throw scanner.failure('a name');
    qualname.push(scanner.decode(raw, at));
    if (scanner.at < end && !scanner.skip('::')) scanner.expect('.');
    else if (scanner.at >= end) break;
    if (scanner.at >= end) throw scanner.failure('a name');
  }
  scanner.at = scanner.end;
  return { qualname, role };
}

/** Parses what follows `ast://` at `at`. */
export function parseAst(text: string, at: number, toPath: (raw: string) => string): PositionSpec {
  const scanner = new SelectorScanner(text, at, queryStart(text, at), AST_HINT);
  const rootAt = scanner.at;
  const rootSegment = parseBracket(scanner, toPath);
  const kind = rootSegment.kind;
  if (kind !== 'module' && kind !== 'file') throw scanner.failureAt(rootAt + 1, '"module=" or "file="');
  const segments: AstSegment[] = [];
  let nameOnly = false;
  while (!scanner.isAtEnd && !nameOnly) {
    scanner.expect('/', '"/", "?" or the end');
    nameOnly = scanner.skip('name[1]');
    if (!nameOnly) segments.push(parseSegment(scanner));
  }
  if (!scanner.isAtEnd) throw scanner.failure('"?" or the end');
  scanner.end = text.length;
  return { kind: 'ast', root: { kind, name: rootSegment.name }, segments, nameOnly, query: parseQuery(scanner) };
}

function parseSegment(scanner: SelectorScanner): AstSegment {
  const segment = parseBracket(scanner, (raw) => raw);
  if (!scanner.skip('[')) return segment;
  const index = scanner.integer('a 0-based index', 0);
  scanner.expect(']');
  return { ...segment, index };
}

function parseBracket(scanner: SelectorScanner, toPath: (raw: string) => string): { kind: string; name: string } {
  scanner.expect('[', '"[" and a kind');
  const kind = /^[A-Za-z_][A-Za-z0-9_-]*/.exec(scanner.text.slice(scanner.at, scanner.end))?.[0];
  if (kind === undefined) throw scanner.failure('a kind such as class');
  scanner.at += kind.length;
  scanner.expect('=');
  const at = scanner.at;
  const raw = scanner.text.slice(at, closingBracket(scanner));
  scanner.at = at + raw.length;
  if (raw === '') throw scanner.failure('a name');
  const name = scanner.decode(kind === 'file' ? toPath(raw) : raw, at);
  scanner.expect(']');
  return { kind, name };
}

/** The first bracket behind which the path could go on: a folder such as `[id]` may stand unencoded in a file's path. */
function closingBracket(scanner: SelectorScanner): number {
  const rest = scanner.text.slice(scanner.at, scanner.end);
  const at = rest.search(/\](?=$|\[|\/\[|\/name\[)/);
  return scanner.at + (at === -1 ? `${rest}]`.indexOf(']') : at);
}

function isRole(text: string): text is Role {
  return ROLES.includes(text);
}

function queryStart(text: string, from: number): number {
  const at = text.indexOf('?', from);
  return at === -1 ? text.length : at;
}

function rejectEmptyPart(scanner: SelectorScanner, module: string, at: number): void {
  const empty = /^\.|\.\.|\.$/.exec(module);
  if (empty !== null) throw scanner.failureAt(at + empty.index, 'a dotted module name without empty parts');
}
