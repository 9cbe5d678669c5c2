import { basename, dirname, join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { isExecutableFile, realPathOf, textOf, exists } from '../files.js';
import { findOnPath } from '../find-program.js';
import { launchOf, locateProgram, type Program } from '../program-server.js';
import { PLAIN_SERVER } from '../plain-server.js';
import type { Launch, LaunchContext, ServerSpec } from '../server-spec.js';
import { isFields } from '../wire.js';

/** Nothing that a crate brings is executed: no build script, no procedural macro, no cargo check with its wrappers. */
const SAFE = { cargo: { buildScripts: { enable: false } }, procMacro: { enable: false }, checkOnSave: false } as const;
/** By default it would find types alone, and 128 of them. */
const SYMBOLS = { workspace: { symbol: { search: { kind: 'all_symbols', limit: 100_000 } } } } as const;
const SETTINGS = { ...SAFE, ...SYMBOLS, cachePriming: { enable: false }, completion: { autoimport: { enable: false } } } as const;

const PROGRAM: Program = { names: ['rust-analyzer'], args: [], versionArguments: ['--version'] };

/**
 * rust-analyzer. It reads changed files from disk in a thread of its own, so they are opened instead. `cargo check` does not run:
 * diagnostics are rust-analyzer's own.
 */
export const rustAnalyzer: ServerSpec = {
  ...PLAIN_SERVER,
  id: 'rust-analyzer',
  role: 'checker',
  languageIds: { '.rs': 'rust' },
  install: 'rustup component add rust-analyzer',
  isSettingsFile: (path) => /(^|\/)(Cargo\.(toml|lock)|rust-project\.json|rust-toolchain(\.toml)?|\.cargo\/config(\.toml)?)$/.test(path),
  programs: PROGRAM.names,
  locate: locateRustAnalyzer,
  initializationOptions: () => SETTINGS,
  configuration: (section) => (section === 'rust-analyzer' ? SETTINGS : null),
  sections: ['rust-analyzer'],
  environment: cargoEnvironment,
  diagnostics: 'pull',
  ready: {
    kind: 'notification',
    method: 'experimental/serverStatus',
    verdict: (params) => {
      if (!isFields(params) || params['quiescent'] !== true) return 'waiting';
      return params['health'] === 'error' ? 'failed' : 'ready';
    },
  },
  opensChangedFiles: true,
  clientCapabilities: { experimental: { serverStatusNotification: true } },
  alwaysInSteps: { ...SAFE, 'rust-analyzer': SAFE },
};

/** rustup's programs choose a toolchain by files of the workspace, which may name any program: the default toolchain's is taken instead. */
function locateRustAnalyzer(context: LaunchContext): Launch | null {
  const onPath = findOnPath(PROGRAM.names, context);
  if (onPath === null || !isRustup(onPath.path)) return locateProgram(PROGRAM, context);
  const bin = toolchainFolder(onPath.path, context.env);
  const path = bin === null ? null : join(bin, 'rust-analyzer');
  return path === null || !isExecutableFile(path) ? null : launchOf({ path, origin: 'PATH' }, PROGRAM, context);
}

function isRustup(program: string): boolean {
  return /^rustup(-init)?$/.test(basename(realPathOf(program) ?? program));
}

/** The folder of the programs of rustup's default toolchain; null when it has none. */
function toolchainFolder(shim: string, env: NodeJS.ProcessEnv): string | null {
  const home = env['RUSTUP_HOME'] ?? join(dirname(dirname(dirname(shim))), '.rustup');
  const settings = join(home, 'settings.toml');
  const name = env['RUSTUP_TOOLCHAIN'] ?? (exists(settings) ? parseToml(textOf(settings))['default_toolchain'] : undefined);
  return typeof name === 'string' ? join(home, 'toolchains', name, 'bin') : null;
}

/**
 * `.cargo/config.toml` may name a compiler, a wrapper and a toolchain: these win over it. Cargo stays offline, and what it builds or
 * locks goes to our own folder.
 */
function cargoEnvironment(context: LaunchContext): Readonly<Record<string, string>> {
  const cargo = findOnPath(['cargo'], context);
  const rustc = findOnPath(['rustc'], context);
  const bin = cargo !== null && isRustup(cargo.path) ? toolchainFolder(cargo.path, context.env) : null;
  const programs = {
    CARGO: bin === null ? cargo?.path : join(bin, 'cargo'),
    RUSTC: bin === null ? rustc?.path : join(bin, 'rustc'),
    RUSTUP_TOOLCHAIN: bin === null ? undefined : basename(dirname(bin)),
  };
  const known = Object.fromEntries(Object.entries(programs).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  return { ...known, RUSTC_WRAPPER: '', RUSTC_WORKSPACE_WRAPPER: '', CARGO_NET_OFFLINE: 'true', CARGO_TARGET_DIR: join(context.runDir, 'cargo-target') };
}
