// Forms that filter are sent when a choice changes. Without scripts they have a button.
document.addEventListener('change', event => {
  const form = event.target.closest('form[data-filter]');
  if (form && event.target.matches('select, input[type=checkbox], input[type=radio]')) {
    form.requestSubmit();
  }
});
