// Files: one that is too large is refused before it is sent. The sentence comes with the field.
document.addEventListener('change', (event) => {
  const field = event.target;
  if (!field.matches?.('input[type=file][data-max-bytes]')) return;
  const most = Number(field.dataset.maxBytes);
  const isTooLarge = [...field.files].some((file) => file.size > most);
  field.setCustomValidity(isTooLarge ? field.dataset.tooLarge : '');
  field.reportValidity();
});
