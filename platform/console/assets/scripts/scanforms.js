// A form that takes scans: <form data-scan-form><input name="code" data-scan-field>. Wherever the
// focus is, a scanned code is put into its field and the form is sent.
import { $ } from './dom.js';

document.addEventListener('scan', (event) => {
  const form = $('form[data-scan-form]');
  if (!form) return;
  event.preventDefault();
  $('[data-scan-field]', form).value = event.detail.code;
  form.requestSubmit();
});

// A form that comes back with what was scanned waits for the next scan; errors have the focus first.
document.addEventListener('htmx:after:swap', (event) => {
  if (!event.detail.ctx?.sourceElement?.matches?.('form[data-scan-form]')) return;
  const form = $('form[data-scan-form]');
  if (form && !$('[data-form-errors]', form)) $('[data-scan-field]', form)?.focus();
});
