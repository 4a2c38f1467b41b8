// What the page says about requests: toasts, banners, a session that is over, a new release.
import { $, fromTemplate, on, openDialog } from './dom.js';

const TOAST_MS = 8000;
let timer;

/** Show a sentence at the foot of the page; `undo` is a URL that takes the act back. */
export function toast(text, { undo } = {}) {
  const box = $('#toasts');
  const element = fromTemplate('t-toast');
  $('[data-text]', element).textContent = text;
  const button = $('[data-undo]', element);
  if (undo) {
    button.hidden = false;
    button.addEventListener('click', () => {
      clear();
      window.htmx.ajax('POST', undo, { target: '#main', swap: 'none' });
    });
  }
  // Above an open dialog only what lies inside it is visible.
  (openDialog() ?? document.body).append(box);
  box.replaceChildren(element);
  clearTimeout(timer);
  timer = setTimeout(clear, TOAST_MS);
}

function clear() {
  clearTimeout(timer);
  $('#toasts')?.replaceChildren();
}

on('mouseover', '#toasts', () => clearTimeout(timer));
on('focusin', '#toasts', () => clearTimeout(timer));
on('mouseout', '#toasts', () => {
  timer = setTimeout(clear, TOAST_MS);
});

// The server says it with HX-Trigger: {"toast": {"text": …, "undo": …}}.
document.addEventListener('toast', (event) => toast(event.detail.text ?? event.detail.value, event.detail));

/** Show a banner once; `text` replaces its words. */
export function banner(kind, text) {
  const box = $('#banners');
  if (!box) return;
  const element = $(`[data-banner=${kind}]`, box) ?? box.appendChild(fromTemplate(`t-${kind}`));
  const words = $('[data-text]', element);
  if (words) words.textContent = text || words.dataset.default;
}

export const dropBanner = (kind) => $(`[data-banner=${kind}]`)?.remove();

on('click', '[data-dismiss]', (event, button) => button.closest('[data-banner]').remove());
on('click', '[data-reload]', () => location.reload());

// Below the floor (adr/0003) the page stays readable, but people should know why things fail.
if (!('inert' in HTMLElement.prototype) || !CSS.supports('selector(:focus-visible)')) banner('old');

window.addEventListener('offline', () => banner('offline'));
window.addEventListener('online', () => dropBanner('offline'));
if (!navigator.onLine) banner('offline');

const movesMoney = (element) => Boolean(element?.closest?.('[data-money-request]'));

// A lost answer to a payment is not a failure: it may have been recorded.
document.addEventListener('htmx:error', (event) => {
  const { ctx } = event.detail;
  if (!ctx?.request) return;
  banner(movesMoney(ctx.sourceElement) && ctx.request.method !== 'GET' ? 'money' : 'network');
});

document.addEventListener('htmx:before:response', (event) => {
  const { raw } = event.detail.ctx.response;
  const landed = new URL(raw.url, location.href).pathname;
  const login = document.body.dataset.login;
  if (raw.status === 401 || (raw.redirected && login && landed === login)) {
    event.preventDefault();
    const dialog = $('#session-over');
    if (dialog && !dialog.open) dialog.showModal();
    return;
  }
  dropBanner('network');
  const release = raw.headers.get('Guanjia-Release');
  if (release && document.body.dataset.release && release !== document.body.dataset.release) banner('stale');
});

// 409 and 422 are swapped in place. Other refusals are one sentence, as plain text.
document.addEventListener('htmx:response:error', (event) => {
  const { ctx } = event.detail;
  const { status, headers } = ctx.response;
  const plain = headers.get('Content-Type')?.startsWith('text/plain');
  if ((status === 422 || status === 409) && !plain) return;
  if (status >= 500 && movesMoney(ctx.sourceElement)) banner('money');
  else banner('failed', plain && ctx.text.length < 400 ? ctx.text : '');
});
