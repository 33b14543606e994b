// Requests of the scripts go out through HTMX, with the headers the page gives to all of them.

const TIMEOUT = 20_000;

/**
 * Ask the server; with a `target` a good answer is swapped into it.
 * Resolves to { status, headers, text }, or to null when no whole answer came.
 */
export async function ask(verb, path, { target, swap = "none", values } = {}) {
  let answer = null;
  const fetch = async (url, request) => {
    answer = await whole(url, request);
    const shown = target && answer?.status === 200;
    return new Response(shown ? answer.text : null, { status: shown ? 200 : 204 });
  };
  // Each request has an element of its own: HTMX would queue or drop a second one of the same element.
  const source = document.body.appendChild(document.createElement("template"));
  try {
    await htmx.ajax(verb, path, { source, target: target ?? source, swap, values, fetch });
  } finally {
    source.remove();
  }
  return answer;
}

async function whole(url, request) {
  try {
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT)]);
    const response = await window.fetch(url, { ...request, signal });
    const { status, headers, redirected } = response;
    return { status: redirected ? 401 : status, headers, text: await response.text() };
  } catch {
    return null;
  }
}
