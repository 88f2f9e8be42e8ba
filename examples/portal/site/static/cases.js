// Everything works without this file. It hides questions that other answers do
// not ask, and looks for answers while somebody writes what they want to know.

for (const form of document.querySelectorAll("form")) {
  const asked = [...form.querySelectorAll("[data-when]")];
  if (!asked.length) continue;
  const holds = (when) => when.split("&").every((one) => {
    const [name, values] = one.split("=");
    const said = form.elements[name]?.value ?? "";
    return said !== "" && (values === "" || values.split("|").includes(said));
  });
  const show = () => {
    for (const field of asked) {
      const filled = [...field.querySelectorAll("input, select, textarea")].some((e) => e.value !== "");
      field.hidden = !filled && !holds(field.dataset.when);
    }
  };
  form.addEventListener("change", show);
  show();
}

const form = document.querySelector("form[data-answers]");
const place = form?.querySelector("[data-answers-at]");
if (place) {
  const subject = form.elements.subject;
  let timer, aborter, last = subject.value.trim();
  const look = async () => {
    const text = subject.value.trim();
    if (text === last || text.length < 8) return;
    last = text;
    aborter?.abort();
    aborter = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.answers}?q=${encodeURIComponent(text)}`, { signal: aborter.signal });
      if (answer.ok) place.innerHTML = await answer.text();
    } catch {
      // Whoever writes goes on as if there were no answers.
    }
  };
  subject.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 1200);
  });
  subject.addEventListener("change", look);
}
