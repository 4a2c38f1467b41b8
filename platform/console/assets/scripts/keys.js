// Shortcuts. Single letters are ignored in fields and while an input method composes.
//
// A page binds a key to a control in its markup:
//   <button data-hotkey="F9 Alt+Enter" data-hotkey-label="Take the payment">…</button>
// Letters, F-keys and Alt combinations; the sheet behind "?" lists those that have a label.
import { $, $$, isComposing, isTyping, on, openDialog } from './dom.js';
import { closeMenus } from './menus.js';
import { clearSelection, moveRow, openRow, pickRow } from './lists.js';
import { openPalette } from './palette.js';

function nameOf(event) {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  // With Alt some layouts type another sign; the physical key says which digit was meant.
  const plain = event.altKey && /^Digit\d$/.test(event.code) ? event.code.slice(5) : key;
  return `${event.ctrlKey || event.metaKey ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${plain}`;
}

const isLetter = (name) => name.length === 1;

// WCAG 2.1.4: who dictates or has a trembling hand can switch single letters off, on this device.
const OFF = 'guanjia.single-keys-off';
let lettersOff = read(OFF);

function read(name) {
  try {
    return localStorage.getItem(name) !== null;
  } catch {
    return false; // storage is blocked: the choice lasts as long as the page
  }
}

on('change', '[data-single-keys]', (event, box) => {
  lettersOff = !box.checked;
  try {
    if (lettersOff) localStorage.setItem(OFF, '1');
    else localStorage.removeItem(OFF);
  } catch {
    // as above
  }
});

function hotkey(name, within) {
  return $$('[data-hotkey]', within).find(
    (element) =>
      element.dataset.hotkey.split(/\s+/).some((key) => key === name || key.toUpperCase() === name) &&
      !element.disabled &&
      element.getClientRects().length > 0,
  );
}

function press(element) {
  if (element.matches('input:not([type=checkbox]):not([type=radio]), select, textarea')) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

function listKeys() {
  const own = $('#keys-page');
  const entries = $$('[data-hotkey-label]').filter((element) => element.getClientRects().length > 0);
  own.replaceChildren(
    ...entries.flatMap((element) => {
      const term = document.createElement('dt');
      for (const key of element.dataset.hotkey.split(/\s+/)) {
        const cap = document.createElement('kbd');
        cap.textContent = key.replace('+', ' ');
        term.append(cap);
      }
      const text = document.createElement('dd');
      text.textContent = element.dataset.hotkeyLabel;
      return [term, text];
    }),
  );
  own.hidden = entries.length === 0;
  const box = $('[data-single-keys]');
  if (box) box.checked = !lettersOff;
}

// Before the dialog is opened, by whatever opens it.
on('click', '[data-open=keys]', listKeys, true);

const LETTERS = {
  '/': () => {
    const field = $('[data-page-search]');
    field?.focus();
    field?.select();
    return Boolean(field);
  },
  '?': () => {
    if (!$('#keys')) return false;
    listKeys();
    $('#keys').showModal();
    return true;
  },
  N: () => {
    const control = $('[data-new]');
    control?.click();
    return Boolean(control);
  },
  J: () => moveRow(1),
  K: () => moveRow(-1),
  X: pickRow,
};

document.addEventListener('keydown', (event) => {
  if (isComposing(event) || event.defaultPrevented || event.repeat) return;
  const name = nameOf(event);
  if (name === 'Ctrl+K') {
    event.preventDefault();
    openPalette();
    return;
  }
  const dialog = openDialog();
  if (name === 'Escape') {
    if (dialog) return;
    if (closeMenus() || clearSelection()) event.preventDefault();
    else if (isTyping(event.target)) event.target.blur();
    return;
  }
  if (isLetter(name) && (isTyping(event.target) || lettersOff)) return;
  const control = hotkey(name, dialog ?? document);
  if (control) {
    event.preventDefault();
    press(control);
    return;
  }
  if (dialog) return;
  if (name === 'Enter' && event.target === document.body && openRow()) event.preventDefault();
  else if (LETTERS[name]?.()) event.preventDefault();
});
