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
