import { resolve } from 'node:path';
import ts from 'typescript';

const FLAGS: ts.TypeFormatFlags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;

/**
 * Returns what `import 'assay'` offers, as text: every exported name with its type written out, then the interfaces of ours that these
 * speak of, so that whatever a program could notice shows as a difference.
 */
export function sdkSurface(root: string): string {
  const { config } = ts.readConfigFile(resolve(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: unknown };
  const program = ts.createProgram([resolve(root, 'src/index.ts')], ts.parseJsonConfigFileContent(config, ts.sys, root).options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(resolve(root, 'src/index.ts'));
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error('src/index.ts is no module');
  const surface = new Surface(checker, resolve(root, 'src'));
  const symbols = checker.getExportsOfModule(module).map((name) => [name.name, (name.flags & ts.SymbolFlags.Alias) === 0 ? name : checker.getAliasedSymbol(name)] as const);
  for (const [name, symbol] of symbols) surface.know(name, symbol);
  for (const [name, symbol] of symbols) surface.add(name, symbol);
  return surface.text();
}

class Surface {
  private readonly checker: ts.TypeChecker;
  private readonly folder: string;
  private readonly seen = new Set<ts.Type>();
  private readonly exported = new Set<ts.Symbol>();
  /** The long structures that have a name, by their text: the compiler forgets the names of aliases. */
  private readonly aliases = new Map<string, string>();
  private readonly lines = new Map<string, string>();
  private readonly reached = new Map<string, string>();

  constructor(checker: ts.TypeChecker, folder: string) {
    this.checker = checker;
    this.folder = folder;
  }

  know(name: string, symbol: ts.Symbol): void {
    this.exported.add(symbol);
    const text = this.checker.typeToString(this.checker.getDeclaredTypeOfSymbol(symbol), undefined, FLAGS);
    if ((symbol.flags & ts.SymbolFlags.TypeAlias) !== 0 && text.startsWith('{')) this.aliases.set(text, name);
  }

  add(name: string, symbol: ts.Symbol): void {
    const isValue = (symbol.flags & ts.SymbolFlags.Value) !== 0;
    const type = isValue ? this.checker.getTypeOfSymbol(symbol) : this.checker.getDeclaredTypeOfSymbol(symbol);
    if ((symbol.flags & ts.SymbolFlags.Class) !== 0) this.lines.set(name, `class ${name} ${this.members(this.checker.getDeclaredTypeOfSymbol(symbol))}`);
    else if ((symbol.flags & ts.SymbolFlags.Interface) !== 0) this.lines.set(name, `interface ${name} ${this.members(type)}`);
    else this.lines.set(name, isValue ? `value ${name} = ${this.print(type)}` : `type ${name} = ${this.checker.typeToString(type, undefined, FLAGS)}`);
    this.reach(type);
  }

  text(): string {
    const sorted = (map: ReadonlyMap<string, string>): string[] => [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => indented(text));
    return `${sorted(this.lines).join('\n\n')}\n\n// What these speak of:\n\n${sorted(this.reached).join('\n\n')}\n`;
  }

  private members(type: ts.Type): string {
    const parts = type.getProperties().map((property) => {
      const isHidden = property.declarations?.some((each) => (ts.getCombinedModifierFlags(each) & ts.ModifierFlags.Private) !== 0) === true;
      const optional = (property.flags & ts.SymbolFlags.Optional) === 0 ? '' : '?';
      return isHidden || !this.isOurs(property) ? null : `${property.name.replace(/^__@(\w+)@\d+$/, '[Symbol.$1]')}${optional}: ${this.print(this.checker.getTypeOfSymbol(property))}`;
    });
    return `{ ${parts.filter((part) => part !== null).sort().join('; ')}; }`;
  }

  private print(type: ts.Type): string {
    let text = this.checker.typeToString(type, undefined, FLAGS);
    for (const [structure, name] of this.aliases) text = text.replaceAll(structure, name);
    return text;
  }

  /** Writes down the interfaces of ours that a type leads to. */
  private reach(type: ts.Type): void {
    if (this.seen.has(type)) return;
    this.seen.add(type);
    const { symbol } = type as { symbol?: ts.Symbol };
    if (symbol !== undefined && !this.exported.has(symbol) && (symbol.flags & ts.SymbolFlags.Interface) !== 0 && this.isOurs(symbol)) this.reached.set(symbol.name, `interface ${symbol.name} ${this.members(type)}`);
    if (type.isUnionOrIntersection()) for (const part of type.types) this.reach(part);
    for (const argument of this.checker.getTypeArguments(type as ts.TypeReference)) this.reach(argument);
    if ((type.flags & ts.TypeFlags.Object) === 0) return;
    for (const signature of type.getCallSignatures()) {
      this.reach(signature.getReturnType());
      for (const parameter of signature.parameters) this.reach(this.checker.getTypeOfSymbol(parameter));
    }
    for (const property of type.getProperties()) if (this.isOurs(property)) this.reach(this.checker.getTypeOfSymbol(property));
  }

  /** False for what the language or another package declares. */
  private isOurs({ declarations = [] }: ts.Symbol): boolean {
    return declarations.length === 0 || declarations.some((each) => each.getSourceFile().fileName.startsWith(this.folder) || /[\\/]zod[\\/]/.test(each.getSourceFile().fileName));
  }
}

/** Puts every member on a line of its own. */
function indented(text: string): string {
  let depth = 0;
  return inOneOrder(text)
    .split(/(?<=\{) |; (?=\})|(?<=;) | (?=\})/)
    .map((part) => {
      const closes = /^\}/.test(part.trim()) ? 1 : 0;
      depth -= closes;
      const line = `${'  '.repeat(Math.max(depth, 0))}${part.replace(/;$/, '')}`;
      depth += (part.match(/\{/g)?.length ?? 0) - (part.match(/\}/g)?.length ?? 0) + closes;
      return line;
    })
    .filter((line) => line.trim() !== '')
    .join('\n');
}

/** The compiler lists the members of a union in the order in which it happened to meet them. */
function inOneOrder(text: string): string {
  return text.replace(/"[^"]*"(?: \| "[^"]*")+/g, (union) => union.split(' | ').sort().join(' | '));
}
