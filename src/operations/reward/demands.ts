import { identifiersIn } from '../../base/identifiers.js';
import { demandOf } from '../../reward/interface-change.js';
import type { ShadowLab } from './shadow-lab.js';
import type { StepTexts } from './step-files.js';

/** True when something may ask for a member of that name without naming it: the language, a protocol of the tree or of the libraries that come with it. */
export async function isDemanded(lab: ShadowLab, plan: StepTexts, name: string): Promise<boolean> {
  return /^__\w+__$/u.test(name) || LIBRARY_DEMANDS.has(name) || (await doProtocolsAsk(lab, plan, name));
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

/** True when a protocol of the tree before asks for a member of that name. */
async function doProtocolsAsk(lab: ShadowLab, { before, specOf }: StepTexts, name: string): Promise<boolean> {
  const index = await lab.words.indexOf(before, before.served(specOf));
  const protocols = new Set(index.filesWith('Protocol'));
  for (const path of index.filesWith(name)) {
    const file = protocols.has(path) ? await before.parsed(path, false) : null;
    if (file?.structure?.declarations.some((item) => item.name === name && demandOf(item, file) === 'values') === true) return true;
  }
  return false;
}
