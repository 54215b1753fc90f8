// find_node.js - finds a node of the graph by a few letters of its name, its type or what it reads and writes.
import { useEffect, useRef, useState } from 'preact/hooks';
import { html } from '../app/html.js';
import { text } from '../app/text.js';
import { Icon } from '../parts/icon.js';

const words = text.graph;
const SHOWN_MAX = 8;

/** The nodes that hold the word, those whose name begins with it first. @param {import('../graph/model.js').GraphNode[]} nodes @param {string} word */
function matches(nodes, word) {
  const lower = word.trim().toLowerCase();
  const rank = (/** @type {import('../graph/model.js').GraphNode} */ node) => {
    const name = node.name.toLowerCase();

    return name === lower ? 0 : name.startsWith(lower) ? 1 : name.includes(lower) ? 2 : `${node.note} ${node.type}`.toLowerCase().includes(lower) ? 3 : 4;
  };

  if (!lower) return [];
  return nodes
    .map((node) => ({ node, rank: rank(node) }))
    .filter((one) => one.rank < 4)
    .sort((a, b) => a.rank - b.rank)
    .map((one) => one.node);
}

/** @param {{ nodes: import('../graph/model.js').GraphNode[], onFind: (name: string) => void, onOpen: (name: string) => void }} props */
export function FindNode({ nodes, onFind, onOpen }) {
  const [word, setWord] = useState('');
  const [at, setAt] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const found = matches(nodes, word);
  const shown = found.slice(0, SHOWN_MAX);

  useEffect(() => {
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== '/' || /** @type {Element} */ (event.target).closest('input, textarea, select')) return;
      event.preventDefault();
      input.current?.focus();
    };

    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  const type = (/** @type {string} */ value) => {
    setWord(value);
    setAt(0);
    setOpen(value.trim() !== '');
  };
  const open = (/** @type {string | undefined} */ name) => {
    if (!name) return;
    setOpen(false);
    onOpen(name);
  };
  const go = (/** @type {number} */ to) => {
    setAt(to);
    setOpen(true);
    if (shown[to]) onFind(shown[to].name);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'ArrowDown') go(isOpen ? (at + 1) % Math.max(1, shown.length) : 0);
    else if (event.key === 'ArrowUp') go((at - 1 + shown.length) % Math.max(1, shown.length));
    else if (event.key === 'Enter') open(shown[at]?.name);
    else if (event.key === 'Escape' && isOpen) setOpen(false);
    else return;
    event.preventDefault();
  };

  return html`<div class="find" onFocusOut=${(/** @type {FocusEvent} */ event) => !(/** @type {Element} */ (event.currentTarget)).contains(/** @type {Node} */ (event.relatedTarget)) && setOpen(false)}>
    <label class="field-inline">
      <${Icon} name="search" />
      <input
        class="input"
        ref=${input}
        role="combobox"
        aria-label=${words.find}
        aria-expanded=${isOpen}
        aria-controls="find-list"
        aria-activedescendant=${isOpen && shown.length ? `find-${at}` : undefined}
        placeholder=${words.find}
        autocomplete="off"
        spellcheck=${false}
        value=${word}
        onInput=${(/** @type {any} */ event) => type(event.target.value)}
        onKeyDown=${onKeyDown}
      />
      ${word.trim() ? html`<span class="find-count" role="status">${words.foundOf(found.length, nodes.length)}</span>` : html`<kbd aria-hidden="true">/</kbd>`}
    </label>
    <div class="find-list option-list" id="find-list" role="listbox" aria-label=${words.found} hidden=${!isOpen}>
      ${shown.map(
        (node, i) => html`<button type="button" role="option" id=${`find-${i}`} tabindex="-1" aria-selected=${i === at} onClick=${() => open(node.name)}>
          <${Icon} name=${node.icon} /><span class="truncate">${node.name}</span><span class="spacer"></span><span class="muted truncate">${node.note}</span>
        </button>`,
      )}
      ${shown.length === 0 && html`<p class="muted" role="option" aria-selected="false">${words.foundNone}</p>`}
    </div>
  </div>`;
}
