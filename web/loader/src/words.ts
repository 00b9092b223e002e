/** What the button and the frame are called; the panel has catalogues of its own. */
const EN = ['Chat with us', 'Close the chat', ' unread'] as const;
const ZH = ['联系客服', '关闭对话', ' 条未读'] as const;

/** Names the button: what it opens, that it closes, or how much is unread. */
export function words(locale: string, isOpen: boolean, unread: number): string {
  const [open, close, count] = /^zh/i.test(locale) ? ZH : EN;
  return isOpen ? close : unread ? `${open}, ${unread}${count}` : open;
}
