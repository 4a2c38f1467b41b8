// Forms marked data-guard warn before what was typed in them is lost.
import { $$ } from './dom.js';

const dirty = new WeakSet();

document.addEventListener('input', (event) => {
  const form = event.target.form;
  if (form?.matches('[data-guard]') && event.isTrusted) dirty.add(form);
});

/** Tell whether an element holds a guarded form with entries not saved. */
export const isDirty = (within = document) => $$('form[data-guard]', within).some((form) => dirty.has(form));

/** A refused form comes back as a new element; what was entered is still not saved. */
export function keepDirty(within) {
  for (const form of $$('form[data-guard]', within)) dirty.add(form);
}

/** Forget what was entered: it is saved, or given up. */
export function settle(within = document) {
  for (const form of $$('form[data-guard]', within)) dirty.delete(form);
}

document.addEventListener('submit', (event) => {
  if (!event.defaultPrevented) dirty.delete(event.target);
});

window.addEventListener('beforeunload', (event) => {
  if (isDirty()) event.preventDefault();
});
