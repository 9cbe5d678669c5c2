import type { Check, KnownServer, Setup } from '../bundles/schema/servers.js';
import { printableText } from './printable-text.js';
import type { RenderContext } from './render-context.js';
import { counted } from './wording.js';

const FROM = { assay: 'with assay', workspace: 'of the workspace', PATH: 'on PATH', configuration: 'configured' } as const;

/** Returns a line per server: those that are installed first, then how to install the others. */
export function renderServers(context: RenderContext, servers: readonly KnownServer[]): string[] {
  const installed = servers.filter((server) => server.installed);
  const others = servers.filter((server) => !server.installed);
  return [
    ...installed.flatMap((server) => [installedLine(context, server), ...server.differences.map(({ what, pinned, found }) => context.colors.red(`  ${what} ${pinned} is pinned, ${found} is there`))]),
    ...others.map((server) => printableText(`${server.id}: ${server.problem ?? `not installed (${server.install})`} ${context.colors.dim(server.extensions.join(' '))}`)),
  ];
}

function installedLine({ colors }: RenderContext, { id, name, version, from, pin, files, extensions, role }: KnownServer): string {
  const package_ = name === id ? '' : `${name ?? ''} `;
  const facts = [from === null ? '' : FROM[from], pin === null ? '' : 'pinned', files === 0 ? '' : counted(files, 'file'), role === 'checker' ? '' : role].filter((fact) => fact !== '');
  return printableText(`${id}: ${package_}${version ?? ''} (${facts.join(', ')}) ${colors.dim(extensions.join(' '))}`);
}

/** Returns a line per check, worst things marked, and what to do about them. */
export function renderChecks({ colors }: RenderContext, checks: readonly Check[]): string[] {
  const mark = { ok: colors.green('ok'), warning: colors.yellow('warning'), problem: colors.red('problem'), skipped: colors.dim('skipped') };
  const lines = checks.flatMap(({ check, server, status, says, mend }) => [
    `${mark[status]} ${server === null ? '' : `${server} `}${check}: ${printableText(says)}`,
    ...(mend === null || status === 'ok' ? [] : [`  ${printableText(mend)}`]),
  ]);
  const problems = checks.filter(({ status }) => status === 'problem').length;
  return [...lines, problems === 0 ? 'no problem found' : `${counted(problems, 'problem')} found`];
}

/** Returns what was pinned and what is trusted. */
export function renderSetup(_context: RenderContext, { file, change, pins, replaced, executables }: Setup): string[] {
  const untrusted = executables.filter(({ trusted }) => !trusted);
  return [
    `${file} ${change}`,
    ...Object.entries(pins).map(([id, { version }]) => {
      const before = replaced[id];
      return printableText(`pinned ${id} ${version}${before === undefined ? '' : ` (${before.version === version ? 'the same version, otherwise changed' : `before: ${before.version}`})`}`);
    }),
    ...executables.filter(({ trusted }) => trusted).map(({ what }) => printableText(`trusted ${what}`)),
    ...untrusted.map(({ what }) => printableText(`not trusted, so never executed: ${what}`)),
    ...(untrusted.length === 0 ? [] : ['To let these run, read them first: assay init --trust']),
  ];
}
