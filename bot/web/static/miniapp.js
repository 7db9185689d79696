// The dashboard inside Telegram: its theme, its back button, the height that is left, and signing in by what the client wrote
// behind the "#". The client's own library is not loaded: what we need of it is this page, and no script of another host runs here.

(() => {
  const KEPT = "davy-app";
  const root = document.documentElement;
  const kept = () => { try { return JSON.parse(sessionStorage.getItem(KEPT)); } catch { return null; } };
  const keep = (state) => { try { sessionStorage.setItem(KEPT, JSON.stringify(state)); } catch { /* it then follows the system */ } };

  /** Tells the client something: the web client by a message to the frame around us, the others by what they put into the page. */
  function tell(eventType, eventData = {}) {
    if (window.TelegramWebviewProxy) window.TelegramWebviewProxy.postEvent(eventType, JSON.stringify(eventData));
    else if (window.external && "notify" in window.external) window.external.notify(JSON.stringify({ eventType, eventData }));
    else if (parent !== window) parent.postMessage(JSON.stringify({ eventType, eventData }), "*"); // nothing in it is secret
  }

  /** Dark or light, by how bright the client's background is. */
  function wear(theme) {
    const colour = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(theme?.bg_color || "");
    if (!colour) return null;
    const [red, green, blue] = colour.slice(1).map((part) => parseInt(part, 16));
    root.dataset.theme = 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? "dark" : "light";
    return root.dataset.theme;
  }

  function heard(eventType, eventData) {
    if (eventType === "theme_changed") keep({ ...kept(), theme: wear(eventData?.theme_params) || root.dataset.theme });
    if (eventType === "viewport_changed" && eventData?.is_state_stable !== false && Number(eventData?.height) > 0) root.style.setProperty("--viewport", `${Math.round(eventData.height)}px`);
    if (eventType === "back_button_pressed") history.back();
  }

  addEventListener("message", (event) => {
    if (event.source !== parent || parent === window) return;
    try {
      const note = JSON.parse(event.data);
      heard(note.eventType, note.eventData);
    } catch { /* not for us */ }
  });
  // under these names the clients that are no browser call what they have to say
  const receiveEvent = heard;
  window.Telegram = { WebView: { receiveEvent } };
  window.TelegramGameProxy = { receiveEvent };
  window.TelegramGameProxy_receiveEvent = receiveEvent;

  const launch = new URLSearchParams(location.hash.slice(1));
  const init = launch.get("tgWebAppData");
  if (init) {
    let theme = null;
    try { theme = JSON.parse(launch.get("tgWebAppThemeParams")); } catch { /* as the system has it */ }
    keep({ theme: wear(theme), signed: true });
    history.replaceState(null, "", location.pathname + location.search); // the data open the door: they do not stay in the history
  } else if (kept()?.theme) {
    root.dataset.theme = kept().theme;
  }

  if (init || kept()) {
    root.dataset.app = "telegram";
    tell("web_app_ready");
    tell("web_app_expand");
  }

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("launch");
    if (form && init) {
      form.elements.init.value = init;
      form.submit();
      return;
    }
    if (form) form.closest("section").dataset.state = "outside"; // opened elsewhere: the page says how to come in
    if (!kept()) return;
    const first = ["/desk", "/app"].includes(location.pathname);
    tell("web_app_setup_back_button", { is_visible: !first });
    tell("web_app_request_viewport");
    tell("web_app_request_theme");
  });
})();
