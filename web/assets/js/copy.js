// Copy boxes: the button copies, says so, and turns back.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy] button");
  if (!button) return;
  const box = button.closest("[data-copy]");
  const field = box.querySelector("input");
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // Without a secure origin there is no clipboard: the text is selected, and the person copies it.
    return;
  }
  button.dataset.words ??= button.textContent;
  button.textContent = box.dataset.copied;
  setTimeout(() => {
    button.textContent = button.dataset.words;
  }, 2000);
});
