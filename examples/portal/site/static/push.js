// Lets this browser show notices. The page says without it which browsers do,
// and removes them; only the browser itself can be added here.

const box = document.querySelector("[data-push]");
if (box && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  const button = box.querySelector("button");
  const status = box.querySelector("[role=status]");
  const say = (what) => { status.textContent = box.dataset[what] || ""; };

  const post = async (path, body) => {
    const res = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (!res.ok) throw new Error(res.status);
  };
  const add = async () => {
    button.disabled = true;
    say("asking");
    try {
      if (await Notification.requestPermission() !== "granted") return say("denied");
      const worker = await navigator.serviceWorker.register("/push-worker.js", { scope: "/" });
      await navigator.serviceWorker.ready;
      const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: box.dataset.key });
      await post("/api/v1/me/push", subscription.toJSON());
      say("done");
      location.replace(box.dataset.after);
    } catch {
      say("failed");
    } finally {
      button.disabled = false;
    }
  };
  button.addEventListener("click", add);
  box.hidden = false;
}
