// Shows notices when no page is open. What a notice says was read for its
// recipient at the moment it was sent; this file only shows it.

self.addEventListener("push", (e) => {
  let m;
  try { m = e.data.json(); } catch { return; }
  e.waitUntil(self.registration.showNotification(m.title, { body: m.body || "", tag: m.key, data: { url: m.url } }));
});

// Only pages of the portal itself are opened.
self.addEventListener("notificationclick", (e) => {
  e.notification.close();
  const at = new URL(e.notification.data.url, self.location.origin);
  if (at.origin !== self.location.origin) return;
  e.waitUntil(self.clients.openWindow(at.href));
});
