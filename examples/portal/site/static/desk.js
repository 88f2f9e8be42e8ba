// Writing works without this file. It shows what readers would see while one
// types, and saves with Ctrl+S.

const form = document.querySelector("form.write");
const body = form.elements.body;
const pick = (name) => document.querySelector(`[data-${name}]`);

// What is typed is shown as readers would see it, a moment later.
let timer, asked = 0, aborter;
const show = ({ html, fault, findings }) => {
  if (!fault) pick("shown").innerHTML = html; // made safe by the server, as on every page
  pick("fault").textContent = fault ?? "";
  pick("fault").hidden = !fault;
  pick("findings").replaceChildren(...findings.map((f) => {
    const li = document.createElement("li");
    li.className = `finding finding-${f.severity}`;
    const label = document.createElement("strong");
    label.textContent = f.label;
    li.append(label, " ", f.text);
    return li;
  }));
  pick("no-findings").hidden = findings.length > 0;
};
const preview = async () => {
  const mine = ++asked;
  aborter?.abort();
  aborter = new AbortController();
  try {
    const res = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), signal: aborter.signal, headers: { Accept: "application/json" } });
    if (res.ok && mine === asked) show(await res.json());
  } catch { /* the button still shows it */ }
};
form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(preview, 400); });

// Ctrl+S saves, as elsewhere; the button does so too.
const save = form.querySelector('button[name="do"][value="save"]:not(.hidden)');
document.addEventListener("keydown", (e) => {
  if (!save || e.key.toLowerCase() !== "s" || !(e.ctrlKey || e.metaKey) || e.altKey || e.shiftKey) return;
  e.preventDefault();
  form.requestSubmit(save);
});

// The server refuses what is too large, and with it the page would be gone.
form.addEventListener("submit", (e) => {
  if (new Blob([body.value]).size < 900_000) return;
  e.preventDefault();
  pick("said").textContent = form.dataset.large;
});
