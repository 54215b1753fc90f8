// all.js - every page but the first ones, loaded together when one of them is first shown.
export { default as account } from './account.js';
export { default as audit } from './audit.js';
export { default as components } from './components.js';
export { default as dag } from './dag.js';
export { default as deadLetters } from './dead_letters.js';
export { default as editor } from './editor.js';
export { default as help } from './help.js';
export { default as server } from './server.js';
export { default as user } from './user.js';
export { default as users } from './users.js';
