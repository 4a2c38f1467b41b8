// Forms: sent once, by Ctrl+Enter too; after a refusal the focus goes to what is wrong.
import { $, isComposing, on } from './dom.js';
import { keepDirty, settle } from './dirty.js';

const SENDING = 'data-sending';

function lock(form, submitter) {
  form.setAttribute(SENDING, '');
  form.setAttribute('aria-busy', 'true');
  const button = submitter ?? $('button:not([type=button]), input[type=submit]', form);
  if (!button) return;
  // After this event, so that the button's own name and value are still sent.
  setTimeout(() => {
    button.disabled = true;
    button.dataset.locked = '';
  });
}

function unlock(form) {
  form.removeAttribute(SENDING);
  form.removeAttribute('aria-busy');
  for (const button of form.querySelectorAll('[data-locked]')) {
    button.disabled = false;
    delete button.dataset.locked;
  }
}

document.addEventListener(
  'submit',
  (event) => {
    const form = event.target;
    if (form.method === 'dialog') return;
    if (form.hasAttribute(SENDING)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  true,
);

document.addEventListener('submit', (event) => {
  const form = event.target;
  // htmx would queue a second click and send it after the first: a payment taken twice.
  const sentByHtmx = form.matches('[hx-post], [hx-put], [hx-patch], [hx-delete]');
  if (!sentByHtmx && (form.method !== 'post' || event.defaultPrevented)) return;
  if (event.submitter?.matches('[data-download]')) return; // a file comes, this page stays
  if (form.target && form.target !== '_self') return; // answered in another window, this page stays
  lock(form, event.submitter);
});

document.addEventListener('htmx:finally:request', (event) => {
  const source = event.detail.ctx?.sourceElement;
  const form = source?.closest?.('form');
  if (form) unlock(form);
});

// The browser keeps a page as it was when one comes back to it: the buttons must work again.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) document.querySelectorAll(`[${SENDING}]`).forEach(unlock);
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || isComposing(event)) return;
  const form = event.target.form ?? $('form[data-primary], dialog[open] form:not([method=dialog])');
  if (!form || form.method === 'dialog') return;
  event.preventDefault();
  // Of several buttons the one that ends the work: what Enter alone presses is the first.
  form.requestSubmit($('button[data-ctrl-enter]', form) ?? undefined);
});

// A refused form comes back as 422 with the errors in it.
document.addEventListener('htmx:after:swap', (event) => {
  const { ctx } = event.detail;
  if (ctx?.response?.status === 422) {
    const within = ctx.target?.isConnected ? ctx.target : document;
    keepDirty(within);
    ($('[data-form-errors]', within) ?? $('[aria-invalid=true]', within))?.focus();
  } else if (ctx?.response?.status < 300 && ctx.request.method !== 'GET') {
    settle(ctx.sourceElement?.closest?.('dialog') ?? document);
  }
});

// A page that was loaded with errors.
$('[data-form-errors]')?.focus();

// <button data-toggle-group>: buttons of a .seg that set a hidden input.
on('click', '.seg[data-input] > button', (event, button) => {
  const group = button.parentElement;
  for (const other of group.children) other.setAttribute('aria-pressed', String(other === button));
  const input = document.getElementById(group.dataset.input);
  input.value = button.value;
  input.dispatchEvent(new Event('input', { bubbles: true }));
  input.dispatchEvent(new Event('change', { bubbles: true }));
});
