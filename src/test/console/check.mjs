// Checks the console in Chromium (README.md). Arguments: the folder of the documents, and that of the templates.
import { allowed, complete, logOut, refused } from './actions.mjs';
import { count } from './faults.mjs';
import { pages } from './pages.mjs';
import { close } from './people.mjs';
import { prepare } from './states.mjs';

const [docs, templates] = process.argv.slice(2);
complete(templates);
await prepare();
await pages(docs);
// Before the actions that use up their states.
await refused();
await allowed();
await logOut();
await close();
console.log(count() === 0 ? 'The console is as it should be' : `${count()} faults`);
process.exit(count() === 0 ? 0 : 1);
