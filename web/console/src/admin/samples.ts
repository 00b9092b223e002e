/** What a shop's page says when a customer is signed in there. */
export const IDENTIFY = `<script>
  Kefu('setUser',
    { id: '42', name: 'Lin Mei', email: 'lin@example.com' },
    'HASH FROM YOUR SERVER');
</script>`;

/** How the shop's server makes the hash. The key never reaches a browser. */
export const SIGN = `# Python
import hashlib, hmac
hash = hmac.new(SECRET.encode(), user_id.encode(), hashlib.sha256).hexdigest()

// Node.js
import { createHmac } from 'node:crypto';
const hash = createHmac('sha256', SECRET).update(userId).digest('hex');`;
