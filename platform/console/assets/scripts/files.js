import { on } from './dom.js';

// Files: one that is too large is refused before it is sent. The sentence comes with the field.
document.addEventListener('change', (event) => {
  const field = event.target;
  if (!field.matches?.('input[type=file][data-max-bytes]')) return;
  const most = Number(field.dataset.maxBytes);
  const isTooLarge = [...field.files].some((file) => file.size > most);
  field.setCustomValidity(isTooLarge ? field.dataset.tooLarge : '');
  field.reportValidity();
});

// A choice of files is sent at once; a form with data-drop takes what is dropped on it.
document.addEventListener('change', (event) => {
  const field = event.target;
  if (field.matches?.('input[type=file][data-send]') && field.files.length && field.validity.valid)
    field.form.requestSubmit();
});

for (const type of ['dragover', 'dragleave', 'drop'])
  on(type, '[data-drop]', (event, form) => {
    event.preventDefault();
    form.classList.toggle('over', type === 'dragover');
    if (type !== 'drop' || !event.dataTransfer.files.length) return;
    const field = form.querySelector('input[type=file]');
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event('change', { bubbles: true }));
  });
