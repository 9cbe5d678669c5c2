import * as z from 'zod';
import { rewardSettingsSchema } from './reward-settings.js';

const extension = z.string().regex(/^\.[^\s/\\]+$/, 'expected a file extension with its dot, such as ".py"');
const serverId = z.string().regex(/^[a-z][a-z0-9._-]*$/, 'expected a server id of small letters, digits, dots and dashes');
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected "sha256:" and 64 hex digits');
const settings = z.record(z.string(), z.json());

/** How a server that assay does not know says that it has read the workspace. */
const readySchema = z
  .union([
    z.strictObject({ log: z.string() }).meta({ description: 'A regular expression that a line of its log matches.' }),
    z.strictObject({ progress: z.string() }).meta({ description: 'A regular expression for the title of the progress that ends then.' }),
    z.strictObject({ notification: z.string() }).meta({ description: 'The method of a notification that it sends then.' }),
  ])
  .meta({ id: 'Ready' });

const serverSchema = z
  .strictObject({
    command: z
      .array(z.string().min(1))
      .min(1)
      .exactOptional()
      .meta({ description: 'The program and its arguments. A bare name is looked up on PATH, a path is relative to the folder of this file. From a workspace it runs only after assay init --trust.' }),
    languages: z.record(extension, z.string().min(1)).exactOptional().meta({ description: 'File extension → LSP language id; needed for a server that assay does not know.' }),
    settings: settings.exactOptional().meta({ description: 'Merged over what assay tells the server when it asks for its configuration, by section.' }),
    initializationOptions: settings.exactOptional(),
    diagnostics: z.enum(['pull', 'push']).exactOptional(),
    ready: readySchema.exactOptional(),
    versionArguments: z.array(z.string()).exactOptional().meta({ description: 'Arguments with which the program prints its version, such as ["--version"].' }),
    projectFiles: z.array(z.string()).exactOptional().meta({ description: 'Base names of files whose change means a new server.' }),
  })
  .meta({ id: 'ServerConfiguration' });

export const pinSchema = z
  .strictObject({
    name: z.string(),
    version: z.string(),
    integrity: z.record(z.string(), digest).meta({ description: 'os-arch → digest of the installed code.' }),
    settings: digest.meta({ description: 'Digest of what the server is told.' }),
  })
  .meta({ id: 'Pin' });

const useSchema = z.union([serverId, z.array(serverId).min(1)]);

/**
 * `assay.json`: which servers a workspace is analysed with (publicly documented, do not change without a new version).
 * The user's own, in `$XDG_CONFIG_HOME/assay/assay.json`, has the same form.
 */
export const configurationSchema = z.strictObject({
  $schema: z.string().exactOptional(),
  version: z.literal(1).exactOptional(),
  use: z
    .record(z.string(), useSchema)
    .exactOptional()
    .meta({ description: 'Language id or file extension → the server that answers. In a list the first answers, and the others add their diagnostics.' }),
  servers: z.record(serverId, serverSchema).exactOptional(),
  reward: rewardSettingsSchema.exactOptional(),
  pins: z.record(serverId, pinSchema).exactOptional().meta({ description: 'Written by assay init.' }),
});

export type ServerEntry = Readonly<z.infer<typeof serverSchema>>;
export type Pin = Readonly<z.infer<typeof pinSchema>>;

/** One configuration file, parsed. */
export type ConfigurationFile = z.infer<typeof configurationSchema>;

/** A server's entry, and whether the workspace wrote any of it: then it needs trust. */
export interface ConfiguredServer {
  readonly entry: ServerEntry;
  readonly fromWorkspace: boolean;
  /** The folder that relative paths of `command` start from. */
  readonly folder: string;
}

/** What the user's and the workspace's files say together; the workspace's word counts where both speak. */
export interface Configuration {
  readonly use: ReadonlyMap<string, readonly string[]>;
  readonly servers: ReadonlyMap<string, ConfiguredServer>;
  readonly pins: ReadonlyMap<string, Pin>;
}

/** A parsed file, where it lay, and whether it is the workspace's. */
export interface ReadConfiguration {
  readonly file: ConfigurationFile;
  readonly folder: string;
  readonly fromWorkspace: boolean;
}

/** Returns what `files` say together, a later one over an earlier one. A server's entry is taken whole: two halves of a command are no command. */
export function mergeConfigurations(files: readonly ReadConfiguration[]): Configuration {
  const use = new Map<string, readonly string[]>();
  const servers = new Map<string, ConfiguredServer>();
  const pins = new Map<string, Pin>();
  for (const { file, folder, fromWorkspace } of files) {
    for (const [language, ids] of Object.entries(file.use ?? {})) use.set(language, typeof ids === 'string' ? [ids] : ids);
    for (const [id, entry] of Object.entries(file.servers ?? {})) servers.set(id, { entry, folder, fromWorkspace });
    for (const [id, pin] of Object.entries(file.pins ?? {})) pins.set(id, pin);
  }
  return { use, servers, pins };
}
