/** Lives in a constructed style sheet inside the shadow root: a strict CSP allows it, the page cannot leak in. Each line ends
 * in a backslash: the page is not sent the line ends. */
export const FULL = '(max-width:480px),(max-height:480px)';

export const STYLE = `\
:host{all:initial;position:fixed;z-index:2147483000}\
:host([hidden]){display:none}\
button,iframe{position:fixed;right:20px;bottom:20px;border:0}\
.left *{right:auto;left:20px}\
button{width:56px;height:56px;padding:0;border-radius:50%;display:grid;place-items:center;cursor:pointer;background:var(--a);color:var(--o);box-shadow:0 4px 16px #0004;transition:transform .12s}\
button:hover{transform:scale(1.05)}\
button:focus-visible{outline:3px solid var(--a);outline-offset:3px}\
svg{grid-area:1/1;width:26px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}\
[aria-expanded=true]>:first-child,[aria-expanded=false]>:nth-child(2){visibility:hidden}\
span{position:absolute;inset:-4px -4px auto auto;min-width:20px;box-sizing:border-box;padding:0 5px;border-radius:10px;border:2px solid #fff;background:#c13234;color:#fff;font:600 12px/16px system-ui,sans-serif}\
span:empty{display:none}\
iframe{bottom:88px;width:380px;height:min(640px,100dvh - 108px);border-radius:16px;background:Canvas;box-shadow:0 0 0 1px #0001,0 16px 48px #0003;color-scheme:light dark;transition:.2s ease-out}\
iframe:not(.open){visibility:hidden;opacity:0;transform:translateY(8px)}\
@media${FULL}{iframe{inset:0!important;width:100%;height:100%;border-radius:0}[aria-expanded=true]{display:none}}\
@media(prefers-reduced-motion){*{transition:none!important}}`;
