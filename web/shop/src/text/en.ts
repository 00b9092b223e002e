/** What the pages say, in English. */
export const en = {
  name: 'Willow & Reed',
  tagline: 'Things made slowly, by a river',
  skip: 'Skip to the content',
  nav: { label: 'Collections', ceramics: 'Ceramics', weaving: 'Weaving', textiles: 'Textiles', tea: 'Tea & scent', rooms: 'Rooms' },
  tools: { account: 'Account', signIn: 'Sign in', basket: 'Basket', language: '中文', light: 'Light', dark: 'Dark', theme: 'Dark theme' },
  home: {
    title: 'Willow & Reed: things made slowly',
    heading: 'Made slowly,\nby a river.',
    lead: 'Pots, baskets, cloth and tea from eleven workshops between the reed beds and the road.',
    enter: 'See what is new', rooms: 'Walk through the rooms',
    fresh: 'This season', freshLead: 'Out of the kiln, off the loom and down from the drying racks.',
    kinds: 'Four ways of working', story: 'The bank we work from',
    storyText: [
      'Willow holds the bank together. Reed grows where willow stops. Our grandparents wove one, thatched with the other, and burnt what was left over into ash for glaze.',
      'We still do, eleven workshops within a morning’s walk of each other. Nothing here is made in a hurry, and most of it can be mended. Ask us how.',
    ],
    askHeading: 'A person will answer',
    ask: 'Which bowl survives an oven, whether the blind can be cut, where your parcel is: ask in the corner of any page. Somebody who has held the thing in their hands will write back.',
    askButton: 'Ask a question',
  },
  kinds: {
    ceramics: { title: 'Ceramics', line: 'River clay, wood ash and four days of fire', text: 'Thrown on a kick wheel and fired in a long kiln on the hill. Ash falls where it likes, so no two pieces agree.' },
    weaving: { title: 'Weaving', line: 'Willow, reed and bamboo, cut by hand', text: 'Everything here was standing in water or wind a year ago. It will outlast most furniture if it is kept dry.' },
    textiles: { title: 'Textiles', line: 'Linen and cotton in colours that grew', text: 'Woven on six looms, dyed with indigo, mulberry and straw. The colours soften with you.' },
    tea: { title: 'Tea & scent', line: 'For the slow half hour', text: 'Leaves, flowers and wax from people whose names we know. Small lots; when it is gone, it is gone until next year.' },
  },
  product: { add: 'Put in basket', added: 'In your basket', ask: 'Ask about this', facts: 'Good to know', more: 'Goes well with', delivery: 'Arrives in 3 to 5 days. Thirty days to change your mind.', pictureOf: 'Drawing of' },
  rooms: {
    title: 'Rooms', lead: 'Three rooms of one house. Step from one to the next; the page stays where it is.', inRoom: 'In this room',
    kitchen: { title: 'Morning kitchen', text: 'The window faces east, so the blind comes down at eleven. Until then there is bread on the reed tray and somebody is looking for the other tea towel.' },
    study: { title: 'Reading corner', text: 'One chair, one lantern, one throw that the cat considers hers. The jar holds nothing. It does that very well.' },
    tea: { title: 'Tea table', text: 'An indigo runner, two cups, a pot that stops on the drop. Nobody has looked at a clock since the water boiled.' },
  },
  basket: { title: 'Your basket', empty: 'Nothing in it yet.', emptyLink: 'Look around', quantity: 'Quantity', remove: 'Remove', total: 'Total', delivery: 'Delivery', free: 'free', order: 'Go to the order', one: 'One item', many: '{n} items', less: 'One fewer', more: 'One more' },
  order: {
    title: 'Your order', lead: 'This is a demonstration: nothing is charged and nothing is sent.', name: 'Name', email: 'E-mail', address: 'Address', city: 'Town', how: 'How it reaches you',
    post: 'By post, 3 to 5 days', courier: 'By courier, the day after tomorrow', note: 'A note for us', place: 'Place the order', summary: 'In the parcel',
    done: 'Thank you. Your order is {number}.', doneText: 'You find it on your account page. If anything is not as it should be, ask us in the corner.', account: 'See my account',
    missing: 'Please fill this in.', badEmail: 'This does not look like an e-mail address.',
  },
  signIn: {
    title: 'Sign in', lead: 'Three people shop here. Choose who you would like to be; there is no password.', failed: 'We could not sign you in. Please try again.',
    why: 'The shop’s own server signs who you are, so that our service team knows they are talking to you and not to somebody with your name.',
  },
  account: {
    title: 'Your account', signedOut: 'You are not signed in.', orders: 'Orders', address: 'Address', out: 'Sign out', help: 'Ask about this order', since: 'Customer since {year}',
    placed: 'Placed', state: { on_the_way: 'On the way', delivered: 'Delivered', returned: 'Returned', packed: 'Being packed' }, noOrders: 'No orders yet.',
  },
  delivery: {
    title: 'Delivery & returns',
    parts: [
      ['Delivery', 'We pack on weekdays. By post a parcel takes three to five days, by courier it comes the day after tomorrow. Delivery is free above £60.'],
      ['Returns', 'Thirty days, no reasons asked. Send it back in the box it came in; we pay the postage when something is broken or wrong.'],
      ['Repairs', 'Baskets are re-rimmed, bowls are mended with lacquer, cushions are filled again. Write to us first, with a few words on what happened.'],
      ['Complaints', 'If we made a mistake, tell us in the corner of any page and choose “Complaint”. A person who may decide reads it the same day.'],
    ],
  },
  foot: { lines: ['Willow & Reed is the demo shop of Kefu.', 'It sells nothing. The chat in the corner is real.'], shop: 'Shop', service: 'Service', delivery: 'Delivery & returns', account: 'Your account', ask: 'Ask a question', made: 'Drawn in SVG, served by one small server.' },
};
export type Text = typeof en;
