// Asks the browser for a passkey as the form says, and sends what it answers in the form's place for it.
const ASK = {
  create: (options) =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  get: (options) =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
};
const form = document.querySelector("[data-passkey]");

if (form) {
  const { passkey: kind, options } = form.dataset;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    fill(form, () => ASK[kind](JSON.parse(options)));
  });
  if (kind === "get") form.requestSubmit();
}

async function fill(form, ask) {
  const problem = form.querySelector("[data-failed]");
  problem.textContent = "";
  try {
    form.elements.namedItem("credential").value = JSON.stringify(await ask());
  } catch {
    // Which of many reasons it was, the browser keeps to itself.
    problem.textContent = problem.dataset.failed;
    return;
  }
  form.submit();
}
