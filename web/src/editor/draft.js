// draft.js - one draft of a definition, two views: its text is the truth, the canvas changes it.
//
// An invalid text freezes the canvas and loses nothing. Every change can be undone, and the draft
// is kept in the browser until it is saved or thrown away.
import { computed, signal } from '@preact/signals';

const STEPS_MAX = 200;
const KEEP_MS = 2000;
/** Typing within so long is one step. */
const STEP_MS = 800;

/** @param {any} doc */
export function write(doc) {
  return `${JSON.stringify(doc, null, 2)}\n`;
}

/** @param {string} source */
function parse(source) {
  try {
    const doc = JSON.parse(source);

    return doc && typeof doc === 'object' && !Array.isArray(doc) ? { doc, problem: '' } : { doc: null, problem: 'not an object' };
  } catch (error) {
    return { doc: null, problem: String(/** @type {Error} */ (error).message) };
  }
}

export class Draft {
  /** @param {string} key of this browser's store @param {string} base the text that is saved @param {{ base: string, revision: string }} of */
  constructor(key, base, of) {
    const kept = Draft.kept(key);

    this.key = `dagd.draft.${key}`;
    this.base = signal(base);
    this.revision = of.revision;
    this.source = signal(kept?.source ?? base);
    this.isRestored = kept !== null && kept.source !== base;
    /** The revision that the kept draft began with, if it is another one. */
    this.isBehind = this.isRestored && kept.revision !== of.revision;
    /** @type {string[]} */
    this.past = [];
    /** @type {string[]} */
    this.future = [];
    this.steps = signal(0);
    this.lastStep = 0;
    this.good = parse(this.source.value).doc ?? parse(base).doc ?? {};
    this.parsed = computed(() => {
      const result = parse(this.source.value);

      if (result.doc) this.good = result.doc;
      return result;
    });
    this.isDirty = computed(() => this.source.value !== this.base.value);
    this.timer = setInterval(() => this.keep(), KEEP_MS);
  }

  /** @param {string} key */
  static kept(key) {
    try {
      return JSON.parse(localStorage.getItem(`dagd.draft.${key}`) ?? 'null');
    } catch {
      return null;
    }
  }

  close() {
    clearInterval(this.timer);
    this.keep();
  }

  keep() {
    try {
      if (this.isDirty.peek()) localStorage.setItem(this.key, JSON.stringify({ source: this.source.peek(), revision: this.revision }));
      else localStorage.removeItem(this.key);
    } catch {
      /* a browser without room keeps nothing; the page still has the draft */
    }
  }

  /** @param {string} source @param {boolean} [isTyping] */
  set(source, isTyping = false) {
    if (source === this.source.peek()) return;
    const now = Date.now();

    if (!isTyping || now - this.lastStep > STEP_MS || this.past.length === 0) this.past = [...this.past, this.source.peek()].slice(-STEPS_MAX);
    this.lastStep = now;
    this.future = [];
    this.source.value = source;
    this.steps.value++;
  }

  /** Changes a copy of the document. @param {(doc: any) => void} change */
  change(change) {
    const doc = structuredClone(this.good);

    change(doc);
    this.set(write(doc));
  }

  undo() {
    const source = this.past.pop();

    if (source === undefined) return;
    this.future.push(this.source.peek());
    this.source.value = source;
    this.steps.value++;
  }

  redo() {
    const source = this.future.pop();

    if (source === undefined) return;
    this.past.push(this.source.peek());
    this.source.value = source;
    this.steps.value++;
  }

  /** It was saved as it is now, or thrown away. @param {string} source @param {string} revision */
  settle(source, revision) {
    this.base.value = source;
    this.source.value = source;
    this.revision = revision;
    this.isRestored = this.isBehind = false;
    this.keep();
  }
}
