import { ashBowl, celadonCups, moonJar, teapot } from '../art/ceramics';
import type { Product } from './types';

export const ceramics: Product[] = [
  {
    slug: 'moon-jar', category: 'ceramics', price: { en: 148, zh: 1280 }, ground: 'mist', art: moonJar,
    name: { en: 'Moon jar', zh: '月白大罐' },
    line: { en: 'Two thrown halves, joined by eye', zh: '两半拉坯，以眼相接' },
    story: {
      en: 'A round jar too wide to throw in one piece, so it is thrown in two and joined at the belly. The seam shows a little. We like that it shows.',
      zh: '罐身太宽，一次拉不成，只好分作上下两半，在腹部相接。接缝隐约可见，我们喜欢它可见。',
    },
    facts: { en: ['Stoneware, milk-white glaze', '29 cm high, 27 cm across', 'Holds water; not for the oven'], zh: ['炻器，乳白釉', '高 29 厘米，腹径 27 厘米', '可盛水，不可入烤箱'] },
  },
  {
    slug: 'celadon-cups', category: 'ceramics', price: { en: 46, zh: 398 }, ground: 'moss', art: celadonCups,
    name: { en: 'Celadon cups, a pair', zh: '青瓷对杯' },
    line: { en: 'The green of a pond in March', zh: '三月池水的那一种青' },
    story: {
      en: 'Thin at the lip, thicker at the hand, and fluted so that the glaze gathers where light is scarce. Each pair comes from one firing and stays together.',
      zh: '杯口薄，握处厚，浅浅的棱让釉色聚在暗处。每一对都出自同一窑，从不拆开。',
    },
    facts: { en: ['Porcelain, iron celadon', '180 ml each', 'Safe in the dishwasher'], zh: ['瓷胎，铁系青釉', '每只 180 毫升', '可用洗碗机'] },
  },
  {
    slug: 'ash-bowl', category: 'ceramics', price: { en: 38, zh: 328 }, ground: 'sand', art: ashBowl,
    name: { en: 'Ash-glazed bowl', zh: '草木灰釉大碗' },
    line: { en: 'Glazed with what the kiln left behind', zh: '窑里剩下的灰，成了碗上的釉' },
    story: {
      en: 'Reed ash, river clay and water make this glaze, and it runs where it wants. No two drips agree. For noodles, salads, or keys by the door.',
      zh: '芦苇灰、河泥和水，调出这层釉，它想往哪里流就往哪里流。盛面，拌菜，或放在门口收钥匙。',
    },
    facts: { en: ['Stoneware, reed-ash glaze', '24 cm across, 1.2 l', 'Oven to 200 °C'], zh: ['炻器，芦苇灰釉', '口径 24 厘米，容量 1.2 升', '可入 200 °C 烤箱'] },
  },
  {
    slug: 'side-handle-pot', category: 'ceramics', price: { en: 92, zh: 798 }, ground: 'clay', art: teapot,
    name: { en: 'Side-handle teapot', zh: '朱泥侧把壶' },
    line: { en: 'Pours with one hand, stops on the drop', zh: '单手可注，收水不滴' },
    story: {
      en: 'Unglazed red clay, burnished with the back of a spoon. The filter is pierced by hand: one hundred and twelve holes, if you want to count.',
      zh: '朱泥素胎，用勺背一寸一寸磨亮。出水处的滤孔是手工扎的，一共一百一十二个，您不妨数一数。',
    },
    facts: { en: ['Red clay, unglazed', '280 ml, two good cups', 'Rinse with water only'], zh: ['朱泥，无釉', '280 毫升，正好两杯', '只用清水冲洗'] },
  },
];
