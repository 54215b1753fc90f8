// theme.js - before anything is drawn: the theme and density that the user chose in this browser.
{
  const root = document.documentElement;
  const read = (/** @type {string} */ key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const theme = read('dagd.theme');

  if (theme === 'light' || theme === 'dark') root.classList.add(`theme-${theme}`);
  if (read('dagd.density') === 'comfortable') root.classList.add('density-comfortable');
}
