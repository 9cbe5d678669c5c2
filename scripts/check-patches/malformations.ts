/** A way in which models spoil patches. Null where a patch has nothing to spoil that way. */
export interface Malformation {
  readonly name: string;
  readonly spoil: (patch: string) => string | null;
}

const HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm;

function counts(patch: string, change: (count: number) => number): string {
  return patch.replace(HEADER, (_header, old: string, oldCount = '1', fresh: string, newCount = '1') => `@@ -${old},${String(change(Number(oldCount)))} +${fresh},${String(change(Number(newCount)))} @@`);
}

function bare(patch: string): string {
  return patch.replace(/^diff --git a\/(\S+) b\//gm, 'diff --git $1 ').replace(/^--- a\//gm, '--- ').replace(/^\+\+\+ b\//gm, '+++ ');
}

export const MALFORMATIONS: readonly Malformation[] = [
  { name: 'a fence and prose', spoil: (patch) => `The problem is in the loop.\n\n\`\`\`diff\n${patch}${patch.endsWith('\n') ? '' : '\n'}\`\`\`\n\nThis keeps the order.\n` },
  { name: 'counts too small', spoil: (patch) => counts(patch, (count) => Math.max(1, count - 2)) },
  { name: 'counts too large', spoil: (patch) => counts(patch, (count) => count + 3) },
  { name: 'no prefixes', spoil: bare },
  { name: 'CRLF', spoil: (patch) => (patch.includes('\r') ? null : patch.replaceAll('\n', '\r\n')) },
  { name: 'no last line feed', spoil: (patch) => patch.replace(/\n+$/, '') },
  { name: 'no line numbers', spoil: (patch) => patch.replace(HEADER, '@@') },
  { name: 'no markers', spoil: (patch) => (/^(?:new|deleted) file/m.test(patch) || !patch.includes('diff --git') ? null : patch.replace(/^--- a\/.*\n\+\+\+ b\/.*\n/gm, '')) },
  { name: 'blank context without its space', spoil: (patch) => patch.replace(/^ $/gm, '') },
  { name: 'a fence, no prefixes and wrong counts', spoil: (patch) => `\`\`\`\n${counts(bare(patch), (count) => count + 1)}\n\`\`\`\n` },
];
