/** A cup of coffee. Decoration only: the words beside it say the same. */
export function Cup() {
  return (
    <svg class="i" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M5 9.5h11.5v5A4.5 4.5 0 0 1 12 19H9.5A4.5 4.5 0 0 1 5 14.5z" />
      <path d="M16.5 11h.7a2.3 2.3 0 0 1 0 4.6h-.9" />
      <path d="M8.8 3.5c-.9 1.1.9 1.9 0 3.2M12.6 3.5c-.9 1.1.9 1.9 0 3.2" />
    </svg>
  );
}
