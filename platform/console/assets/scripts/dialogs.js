// Dialogs, the side sheet, the drawer. <dialog> gives the focus trap, the inert page and Esc.
import { $, on } from './dom.js';
import { isDirty, settle } from './dirty.js';

/** Ask a yes-or-no question; resolves to true or false. */
export function ask(text, action) {
  const dialog = $('#confirm');
  if (!dialog) return Promise.resolve(window.confirm(text));
  $('#confirm-text').textContent = text;
  const yes = $('[data-yes]', dialog);
  yes.dataset.word ??= yes.textContent;
  yes.textContent = action || yes.dataset.word;
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}

/** Close a dialog; one with unsaved entries asks first. */
export async function close(dialog) {
  if (isDirty(dialog)) {
    if (!(await ask($('#confirm-text').dataset.leave))) return;
    settle(dialog);
  }
  dialog.close();
}

on('click', '[data-open]', (event, opener) => {
  const dialog = document.getElementById(opener.dataset.open);
  if (!dialog?.showModal || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!dialog.open) dialog.showModal();
  $('input[type=search]', dialog)?.select();
});

on('click', 'dialog [data-close]', (event, button) => close(button.closest('dialog')));

// A click on the backdrop hits the dialog itself, outside its box.
document.addEventListener('mousedown', (event) => {
  const dialog = event.target;
  if (!dialog.matches?.('dialog[open]') || dialog.id === 'confirm' || dialog.id === 'session-over') return;
  const box = dialog.getBoundingClientRect();
  const inside =
    event.clientX >= box.left && event.clientX <= box.right &&
    event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside) close(dialog);
});

// Esc: the browser would close at once; a dirty sheet asks first.
document.addEventListener(
  'cancel',
  (event) => {
    if (!isDirty(event.target)) return;
    event.preventDefault();
    close(event.target);
  },
  true,
);

/* ---- the side sheet -------------------------------------------------------------------------
   <a href="/…/new/" data-sheet hx-get="/…/new/" hx-target="#sheet-body" hx-push-url="?new=1">
   The link works as a page of its own; with a script it opens over the list. */

let urlBefore = null;

on('click', '[data-sheet]', () => {
  urlBefore = location.href;
}, true);

document.addEventListener('htmx:after:swap', (event) => {
  const target = event.detail.ctx?.target ?? event.target;
  const sheet = $('#sheet');
  if (!sheet || !(target.id === 'sheet-body' || target.closest?.('#sheet-body'))) return;
  const body = $('#sheet-body');
  if (!body.childElementCount) {
    if (sheet.open) sheet.close();
  } else if (!sheet.open) {
    sheet.showModal();
    $('[autofocus], input:not([type=hidden]), select, textarea', body)?.focus();
  }
});

document.addEventListener(
  'close',
  (event) => {
    if (event.target.id !== 'sheet') return;
    $('#sheet-body').replaceChildren();
    if (urlBefore && location.href !== urlBefore) history.pushState({ htmx: true }, '', urlBefore);
    urlBefore = null;
  },
  true,
);

// The server closes the sheet with HX-Trigger: sheet:close.
document.addEventListener('sheet:close', () => {
  const sheet = $('#sheet');
  if (!sheet?.open) return;
  settle(sheet);
  sheet.close();
});

/* ---- the drawer of small screens ----------------------------------------------------------- */

on('click', '[data-drawer]', (event) => {
  event.preventDefault();
  const sidebar = $('#sidebar');
  const home = document.createComment('sidebar');
  const drawer = document.createElement('dialog');
  drawer.className = 'drawer';
  drawer.setAttribute('aria-label', sidebar.getAttribute('aria-label'));
  sidebar.before(home);
  drawer.append(sidebar);
  document.body.append(drawer);
  drawer.addEventListener('close', () => {
    home.replaceWith(sidebar);
    drawer.remove();
  });
  drawer.showModal();
});

/* ---- questions before a request -------------------------------------------------------------
   hx-confirm on htmx elements, data-confirm on plain forms and their buttons. */

document.addEventListener('htmx:confirm', (event) => {
  const { ctx, issueRequest, dropRequest } = event.detail;
  if (!ctx?.confirm) return;
  event.preventDefault();
  const source = ctx.sourceElement;
  ask(ctx.confirm, source.dataset.confirmAction).then((yes) => (yes ? issueRequest() : dropRequest()));
});

document.addEventListener(
  'submit',
  (event) => {
    const form = event.target;
    const asker = event.submitter?.dataset.confirm ? event.submitter : form;
    const text = asker.dataset.confirm;
    if (!text || form.dataset.confirmed === 'yes') {
      delete form.dataset.confirmed;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    ask(text, asker.dataset.confirmAction).then((yes) => {
      if (!yes) return;
      form.dataset.confirmed = 'yes';
      form.requestSubmit(submitter);
    });
  },
  true,
);

