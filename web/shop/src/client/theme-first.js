// Before the first paint: the theme that was chosen here, if one was.
try {
  const chosen = localStorage.getItem('willow-theme');
  if (chosen === 'dark' || chosen === 'light') document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is closed to us: the system's theme it is.
}
