import { openWorkspace } from 'assay';

await using workspace = await openWorkspace({ workspace: process.argv[2] ?? '.' });
const { error, facts } = await workspace.refs({ selector: 'py://shop.money#format_price' });
if (error !== undefined) throw new Error(`${error.message}. ${error.hint}`);
for (const { uri, range, selector } of facts.references ?? []) console.log(uri, range[0] + 1, selector);
