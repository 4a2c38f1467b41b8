// Theme and density: shown at once, kept on the server so that the next page does not flash.
import { $$, on } from './dom.js';

const ATTRIBUTES = { theme: 'data-bs-theme', density: 'data-density' };

on('submit', 'form[data-preference]', async (event, form) => {
  const { name, value } = event.submitter ?? {};
  if (!(name in ATTRIBUTES)) return;
  event.preventDefault();
  document.documentElement.setAttribute(ATTRIBUTES[name], value);
  for (const button of $$(`button[name=${name}]`)) {
    button.setAttribute('aria-pressed', String(button.value === value));
  }
  const body = new FormData(form);
  body.set(name, value);
  await fetch(form.action, { method: 'POST', body, headers: { 'HX-Request': 'true' } });
}, true);
