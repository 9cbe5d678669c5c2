import { identifiersIn } from '../../base/identifiers.js';
import { demandOf, DEMANDING_WORDS, derivedFrom, interfaceChange, passedOn, reachingNames, unnamedReach, type UnnamedReach } from '../../reward/interface-change.js';
import { changesSeen } from './file-sides.js';
import { filesThatMayChange, type InterfaceDraft } from './interface-proof.js';
import type { ShadowLab } from './shadow-lab.js';
import type { ParsedFile, StepTexts } from './step-files.js';

/** So many files that no reference leads to are measured beside the dependents, because something may be passed on to them. */
export const PASSED_ON_MAX = 8;

/**
 * The files beside `dependents`, `max` at most, that may see a change although they do not refer to it: all of them where they are few, else the nearest to what
 * the language does by itself: makes an object of a derived class, calls `__len__`, compares with a protocol.
 */
export async function reserveOf(lab: ShadowLab, plan: StepTexts, { isProvable, changed, imported, asked }: InterfaceDraft, dependents: readonly string[], max: number): Promise<string[]> {
  const isNew = (path: string): boolean => !dependents.includes(path);
  if (isProvable) {
    const names = new Set([...changed, ...asked.flatMap(({ change }) => (change.after === null ? [] : reachingNames(change.after)))]);
    const found = await filesThatMayChange(lab, plan, { changed: names, imported }, { isEnough: ({ size }) => size > dependents.length + max });
    const more = [...found].filter(isNew).sort();
    if (more.length <= max) return more;
  }
  const reserve = new Set<string>();
  for (const [passes, names] of await classesInReach(lab, plan)) {
    const isEnough = (paths: ReadonlySet<string>): boolean => [...paths].filter(isNew).length >= max;
    for (const path of names.size === 0 ? [] : await filesThatMayChange(lab, plan, { changed: names, imported: [] }, { passes, isEnough })) if (isNew(path)) reserve.add(path);
  }
  return [...reserve].slice(0, max).sort();
}

type Passes = (file: ParsedFile, name: string) => readonly string[];

/** The classes of which something changed that is seen without being named, by what passes that on. */
async function classesInReach(lab: ShadowLab, plan: StepTexts): Promise<Map<Passes, Set<string>>> {
  const classes = { heirs: new Set<string>(), values: new Set<string>() };
  for (const { change, before, after } of plan.files.flatMap(changesSeen)) {
    if (interfaceChange(change, before, after) !== 'changed') continue;
    const reach = unnamedReach(change, before, after);
    if (reach !== null) classes[reach.by].add(reach.type);
    const isKept = change.before?.name === change.after?.name;
    for (const declaration of isKept ? [change.after] : [change.before, change.after]) {
      const owner = declaration?.qualname.at(-2);
      if (declaration === null || owner === undefined) continue;
      for (const by of await demandsFor(lab, plan, declaration.name)) if (by === 'values' || !isKept) classes[by].add(owner);
    }
  }
  return new Map([[derivedFrom, classes.heirs], [passedOn, classes.values]]);
}

/** True when something may ask for a member of that name without naming it: the language, a protocol of the tree or of the libraries that come with it. */
export async function isDemanded(lab: ShadowLab, plan: StepTexts, name: string): Promise<boolean> {
  return /^__\w+__$/u.test(name) || LIBRARY_DEMANDS.has(name) || (await demandsFor(lab, plan, name)).has('values');
}

/** The members that the protocols of Python's own library ask for, as the typeshed of pyright 1.1.414 declares them, but for those that the language calls. */
const LIBRARY_DEMANDS: ReadonlySet<string> = identifiersIn(`
  aclose adjustable arraysize as_integer_ratio asend athrow avoids_symlink_attacks block_size buffer_updated characters close closed commit connection_lost
  connection_made copy createDocument createDocumentType create_default_context cursor data_received datagram_received decode decompress description detach digest
  digest_size dnd_end encode endDocument endElement endElementNS endPrefixMapping eof eof_received err_msg error error_received exc_traceback exc_type exc_value
  execute executemany exists fatalError fetchall fetchmany fetchone fileno filter finalize find_spec flush get get_all get_buffer getbuffer handle handleError
  hasFeature height hexdigest ignorableWhitespace implementation inverse is_dir is_file is_symlink isatty items iterdir iteritems joinpath json keys load_module
  max_count mode monotonic name notationDecl object open parent parse pipe_connection_lost pipe_data_received process_exited processingInstruction put_nowait read
  read1 read_bytes read_text readable readinto readline readlines resolution resolveEntity result rowcount run search seek seekable send setDocumentLocator
  setinputsizes setoutputsize skippedEntity startDocument startElement startElementNS startPrefixMapping stderr stdin stdout step tell throw timetuple truncate
  unparsedEntityDecl unused_data update value value_parser warning width writable write writelines writeln
`);

/** What members of that name ask for in the tree before. */
async function demandsFor(lab: ShadowLab, { before, specOf }: StepTexts, name: string): Promise<ReadonlySet<UnnamedReach['by']>> {
  const index = await lab.words.indexOf(before, before.served(specOf));
  const demanding = new Set(DEMANDING_WORDS.flatMap((word) => index.filesWith(word)));
  const demands = new Set<UnnamedReach['by']>();
  for (const path of index.filesWith(name)) {
    const file = demanding.has(path) ? await before.parsed(path, false) : null;
    if (file === null) continue;
    const found = (file.structure?.declarations ?? []).filter((item) => item.name === name).flatMap((item) => demandOf(item, file) ?? []);
    for (const by of found) demands.add(by);
  }
  return demands;
}
