// store.js - who is signed in, what the server is, and what the user likes.
import { computed, signal } from '@preact/signals';
import { ApiError, call, get, post, setCsrfToken, signedOut } from './api.js';
import { stopLive } from './live.js';
import { go, place } from './router.js';

/** @typedef {{ name: string, role: 'viewer' | 'operator' | 'admin', scope: string, expires: string | null, must_change_password: boolean }} Me */

/** undefined: not known yet; null: nobody. */
export const me = signal(/** @type {Me | null | undefined} */ (undefined));
export const server = signal(/** @type {any} */ (null));
/** Why the user was signed out: a key of text.login.reasons. */
export const signOutReason = signal('');

const ranks = { viewer: 1, operator: 2, admin: 3 };

/** @param {'viewer' | 'operator' | 'admin'} role */
const mayAct = (role) => (me.value ? ranks[me.value.role] >= ranks[role] : false);
export const isOperator = computed(() => mayAct('operator'));
export const isAdmin = computed(() => mayAct('admin'));
/** Whoever has a scope can't do what concerns all DAGs. */
export const isUnscoped = computed(() => !me.value?.scope);

signedOut.run = () => {
  if (!me.value) return;
  signOutReason.value = 'expired';
  leave();
};

function leave() {
  stopLive();
  setCsrfToken('');
  me.value = null;
}

/** @param {any} body of /me */
export function setMe(body) {
  setCsrfToken(body.csrf_token);
  me.value = body;
}

/** A new password begins a new login session, with another CSRF token. @param {string} old @param {string} next */
export async function changePassword(old, next) {
  await call('PUT', '/me/password', { body: { old_password: old, new_password: next } });
  setMe(await get('/me'));
}

/** Finds out who is signed in, and what the server is. */
export async function load() {
  try {
    setMe(await get('/me'));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) me.value = null;
    else throw error;
  }
  await loadServer();
}

/** Whoever has to choose a password first may not ask. */
export async function loadServer() {
  if (!me.value || me.value.must_change_password) return;
  try {
    server.value = await get('/server');
  } catch {
    server.value = null;
  }
}

/** @param {string} name @param {string} password */
export async function signIn(name, password) {
  setMe(await post('/login', { name, password }));
  signOutReason.value = '';
  await loadServer();
}

/** Where somebody wanted to go who had to sign in first; never to another origin. */
export function wantedPlace() {
  const next = place.value.query.get('next') ?? '/';

  return next.startsWith('/') && !/^\/[/\\]/.test(next) ? next : '/';
}

export async function signOut() {
  try {
    await post('/logout');
  } finally {
    signOutReason.value = 'left';
    leave();
    go('/login');
  }
}

/* ---- likes of this browser ---- */

export const theme = signal(read('dagd.theme') ?? 'system');
export const density = signal(read('dagd.density') ?? 'compact');

/** @param {string} key */
function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** @param {'system' | 'light' | 'dark'} value */
function setTheme(value) {
  const root = document.documentElement;

  theme.value = value;
  root.classList.remove('theme-light', 'theme-dark');
  if (value !== 'system') root.classList.add(`theme-${value}`);
  localStorage.setItem('dagd.theme', value);
}

/** Whether the page is dark now. */
function isDark() {
  return theme.value === 'dark' || (theme.value === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
}

export function toggleTheme() {
  setTheme(isDark() ? 'light' : 'dark');
}

/** @param {'compact' | 'comfortable'} value */
export function setDensity(value) {
  density.value = value;
  document.documentElement.classList.toggle('density-comfortable', value === 'comfortable');
  localStorage.setItem('dagd.density', value);
}
