import { identifiersIn } from '../../base/identifiers.js';
import { demandOf, DEMANDING_WORDS, type UnnamedReach } from '../../reward/interface-change.js';
import type { ShadowLab } from './shadow-lab.js';
import type { StepTexts } from './step-files.js';

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
