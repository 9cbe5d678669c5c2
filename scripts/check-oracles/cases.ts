import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface CasePosition {
  readonly line: number;
  readonly character: number;
}

export interface CaseRange {
  readonly start: CasePosition;
  readonly end: CasePosition;
}

/** `root` is `workspace` (the default) or `site-packages`. Positions are LSP's, UTF-16. */
export interface CaseLocation {
  readonly root?: string;
  readonly path: string;
  readonly range: CaseRange;
}

/** What the file of a case says should come back; which of these is there depends on the kind of the question. */
export interface Expectation {
  readonly locations?: readonly CaseLocation[];
  readonly edits?: readonly (CaseLocation & { readonly newText: string })[];
  readonly hover?: string;
  readonly range?: CaseRange;
  readonly diagnostics?: readonly (CaseLocation & { readonly severity?: string; readonly message: string })[];
  /** False when the diagnostics are only some of those that there are. */
  readonly exhaustive?: boolean;
  readonly signatures?: readonly { readonly label: string; readonly parameters: readonly string[]; readonly documentation?: string }[];
  /** Any of these parameters may be the active one. */
  readonly activeParameters?: readonly (number | null)[];
}

/** One question about a small workspace, whose answer others decided. */
export interface OracleCase {
  readonly id: string;
  /** Path → content of the workspace. */
  readonly files: Readonly<Record<string, string>>;
  /** Path → content of a virtual environment's site-packages. */
  readonly site_packages?: Readonly<Record<string, string>>;
  readonly request: {
    readonly kind: string;
    readonly path?: string;
    readonly position?: CasePosition;
    readonly includeDeclaration?: boolean;
    readonly newName?: string;
    /** LSP's method, where the kind alone does not say it. */
    readonly lsp_method?: string;
    /** False when the client did not announce declarations: then a definition is told with the stubs that declare it. */
    readonly client_declaration_capability?: boolean;
  };
  readonly expect: Expectation;
}

/** Reads JSON Lines, gzipped or not. */
export function readCases(file: string): OracleCase[] {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as OracleCase);
}
