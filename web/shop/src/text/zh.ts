/** What the pages say, in Chinese: written, not translated. */
import type { Text } from './en';

export const zh: Text = {
  name: '柳与苇',
  tagline: '河边慢慢做的东西',
  skip: '跳到正文',
  nav: { label: '门类', ceramics: '陶瓷', weaving: '编织', textiles: '布艺', tea: '茶与香', rooms: '三间屋' },
  tools: { account: '我的账户', signIn: '登录', basket: '购物篮', language: 'English', light: '浅色', dark: '深色', theme: '深色主题' },
  home: {
    title: '柳与苇：河边慢慢做的东西',
    heading: '河边的东西，\n慢慢做。',
    lead: '从芦苇荡到大路，十一间作坊，做陶、编篮、织布、制茶。',
    enter: '看看新到的', rooms: '去三间屋里走走',
    fresh: '这一季', freshLead: '刚出窑的，刚下机的，刚从晾架上取下来的。',
    kinds: '四门手艺', story: '我们的河岸',
    storyText: [
      '柳树把岸抓牢，柳树停下的地方，芦苇接着长。祖辈用柳编筐，用苇盖顶，剩下的烧成灰，调进釉里。',
      '我们还在这样做。十一间作坊，彼此不过一个早上的脚程。没有一样东西是赶出来的，大多数都修得好。怎么修，您问我们。',
    ],
    askHeading: '有人会回答您',
    ask: '哪只碗进得了烤箱，帘子能不能裁短，包裹走到了哪里：每一页的右下角都可以问。回您话的人，亲手摸过这些东西。',
    askButton: '问一句',
  },
  kinds: {
    ceramics: { title: '陶瓷', line: '河泥、草木灰和四天的火', text: '脚踏轮上拉坯，山坡长窑里烧。灰想落在哪里就落在哪里，所以没有两件一样。' },
    weaving: { title: '编织', line: '柳、苇、竹，一刀一刀割来', text: '一年前，它们还站在水里或风里。只要不受潮，比大多数家具都活得久。' },
    textiles: { title: '布艺', line: '长出来的颜色，织成麻与棉', text: '六台织机，用靛蓝、桑葚和麦秆染色。颜色会随着您慢慢变柔。' },
    tea: { title: '茶与香', line: '留给慢下来的半个钟头', text: '叶、花、蜡，都来自叫得出名字的人。每批不多，卖完了，就等明年。' },
  },
  product: { add: '放进购物篮', added: '已在篮中', ask: '问问这一件', facts: '须知', more: '放在一起好看', delivery: '三到五天送达，三十天内可以反悔。', pictureOf: '图：' },
  rooms: {
    title: '三间屋', lead: '一栋房子里的三间屋。从这间走到那间，页面不会重新打开。', inRoom: '这间屋里有',
    kitchen: { title: '早晨的厨房', text: '窗朝东，所以十一点要放下苇帘。在那之前，苇盘上有面包，总有人在找另一条茶巾。' },
    study: { title: '读书的角落', text: '一把椅子，一盏灯，一条猫认定归它的披毯。罐子里什么也没有，它空得很好。' },
    tea: { title: '茶桌', text: '一条蓝染桌旗，两只杯，一把收水不滴的壶。水开以后，没有人再看过钟。' },
  },
  basket: { title: '购物篮', empty: '里面还没有东西。', emptyLink: '随便看看', quantity: '数量', remove: '拿出来', total: '合计', delivery: '运费', free: '免运费', order: '去下单', one: '1 件', many: '{n} 件', less: '减一件', more: '加一件' },
  order: {
    title: '填写订单', lead: '这里是演示：不会收费，也不会寄出任何东西。', name: '姓名', email: '电子邮箱', address: '地址', city: '城市', how: '怎样送到',
    post: '邮寄，三到五天', courier: '快递，后天到', note: '给我们留句话', place: '提交订单', summary: '包裹里有',
    done: '谢谢您。订单号是 {number}。', doneText: '在账户页可以看到它。有什么不对，请在右下角告诉我们。', account: '看我的账户',
    missing: '请填写这一项。', badEmail: '这不像一个邮箱地址。',
  },
  signIn: {
    title: '登录', lead: '有三位顾客常来。您想当哪一位都可以，不需要密码。', failed: '没能登录，请再试一次。',
    why: '您是谁，由商店自己的服务器签名证明。这样客服知道，和他们说话的确实是您，而不是一个同名的人。',
  },
  account: {
    title: '我的账户', signedOut: '您还没有登录。', orders: '订单', address: '地址', out: '退出登录', help: '问问这份订单', since: '{year} 年起的顾客',
    placed: '下单于', state: { on_the_way: '运送途中', delivered: '已送达', returned: '已退货', packed: '正在打包' }, noOrders: '还没有订单。',
  },
  delivery: {
    title: '配送与退换',
    parts: [
      ['配送', '我们在工作日打包。邮寄三到五天，快递后天到。满 500 元免运费。'],
      ['退换', '三十天内，不问理由。用原来的盒子寄回就好；若是破损或发错，邮费由我们付。'],
      ['修补', '篮子可以换边，碗可以用大漆修，靠垫可以重新填。请先来信，说一说是怎么坏的。'],
      ['投诉', '如果是我们的错，请在任何一页的右下角选择“投诉与建议”。当天就有能做主的人来看。'],
    ],
  },
  foot: { lines: ['柳与苇是 Kefu 的演示商店。', '这里什么也不卖，右下角的对话却是真的。'], shop: '选购', service: '服务', delivery: '配送与退换', account: '我的账户', ask: '问一句', made: '图画都是 SVG，由一台小小的服务器送来。' },
};
