// Forms that filter are sent when a choice changes. Without scripts they have a button.
document.addEventListener('change', event => {
  const form = event.target.closest('form[data-filter]');
  if (form && event.target.matches('select, input[type=checkbox], input[type=radio]')) {
    form.requestSubmit();
  }
});

// A form that must not be sent twice. Its key protects it without scripts.
document.addEventListener('submit', event => {
  const form = event.target.closest('form[data-once]');
  if (form) {
    if (form.dataset.sent) {
      event.preventDefault();
    }
    form.dataset.sent = 'true';
  }
});
