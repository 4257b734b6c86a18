// Send a visitor who reads Chinese to the Chinese page, unless they have chosen a language.
// Chinese pages have addresses of their own and are never left; a choice in the menu is remembered.
(() => {
  const KEY = "scaffold.language";
  const remembered = () => {
    try { return localStorage.getItem(KEY); } catch { return null; }
  };
  const remember = (language) => {
    try { localStorage.setItem(KEY, language); } catch { /* Nothing may be kept: then it counts for this page. */ }
  };
  const root = document.documentElement;
  const twin = document.querySelector('link[rel="alternate-language"][hreflang="zh"]');
  const inside = document.referrer.startsWith(`${location.origin}/`);
  const wanted = remembered() ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
  if (twin && root.lang === "en" && wanted === "zh" && !inside && location.protocol !== "file:") {
    location.replace(twin.href + location.search + location.hash);
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.md-select__link[hreflang]");
    if (link) remember(link.hreflang);
  });
})();
