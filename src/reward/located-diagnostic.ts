import type { Diagnostic } from '../base/location.js';
import type { RewardDiagnostic } from '../base/process-reward.js';
import { compareRanges, startOf } from '../base/range.js';
import type { TextDocument } from '../base/text-document.js';
import { scopeUnitAt, type DeclarationUnit } from './declaration-units.js';
import { compareText } from './text-order.js';

/** A diagnostic with what it is compared by. */
export interface LocatedDiagnostic {
  readonly diagnostic: RewardDiagnostic;
  /** Source and code of the checker's rule, as one text. */
  readonly rule: string;
  readonly line: number;
  /** Where it starts and ends relative to the first character of its line that is not white space. */
  readonly extent: string;
  /** The code under its range. */
  readonly flagged: string;
  /** Index of the unit that it belongs to. */
  readonly unit: number;
}

/** Returns the diagnostics of one text in the canonical order, each with its declaration, line and code. */
export function locateDiagnostics(diagnostics: readonly Diagnostic[], document: TextDocument, units: readonly DeclarationUnit[]): LocatedDiagnostic[] {
  return diagnostics
    .map((diagnostic) => {
      const line = diagnostic.range[0];
      const written = document.lineText(line);
      const unit = scopeUnitAt(units, startOf(diagnostic.range));
      const indent = written.length - written.trimStart().length;
      const endIndent = diagnostic.range[2] === line ? indent : indentOf(document.lineText(diagnostic.range[2]));
      return {
        diagnostic: { ...diagnostic, symbol: units[unit]?.symbol ?? '<module>', lineText: written.trim() },
        rule: JSON.stringify([diagnostic.source, diagnostic.code === null ? null : String(diagnostic.code)]),
        line,
        extent: [diagnostic.range[1] - indent, diagnostic.range[2] - line, diagnostic.range[3] - endIndent].join(','),
        flagged: document.slice(diagnostic.range),
        unit,
      };
    })
    .sort((a, b) => compareDiagnostics(a.diagnostic, b.diagnostic));
}

/** Orders by path, range, rule, severity, and by message where all else is equal. */
export function compareDiagnostics(a: RewardDiagnostic, b: RewardDiagnostic): number {
  return (
    compareText(a.uri, b.uri) ||
    compareRanges(a.range, b.range) ||
    compareText(String(a.code), String(b.code)) ||
    compareText(a.severity, b.severity) ||
    compareText(a.source, b.source) ||
    compareText(a.symbol, b.symbol) ||
    compareText(a.message, b.message)
  );
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}
