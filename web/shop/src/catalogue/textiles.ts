import { cushion, indigoRunner, linenThrow, teaTowels } from '../art/textiles';
import type { Product } from './types';

export const textiles: Product[] = [
  {
    slug: 'linen-throw', category: 'textiles', price: { en: 128, zh: 1098 }, ground: 'mist', art: linenThrow,
    name: { en: 'Unbleached linen throw', zh: '本色亚麻披毯' },
    line: { en: 'Heavier than it looks, cooler than it feels', zh: '比看上去重，比摸上去凉' },
    story: {
      en: 'Flax in the colour it grew, washed until it gives up its stiffness. Three bands of sage at each end, because plain was almost enough.',
      zh: '亚麻本来的颜色，水洗到不再硬挺。两端各织三道鼠尾草绿：素净差一点就够了。',
    },
    facts: { en: ['Linen, 310 g/m²', '140 × 200 cm', 'Wash at 40 °C'], zh: ['亚麻，310 克/平方米', '140 × 200 厘米', '40 °C 水洗'] },
  },
  {
    slug: 'indigo-runner', category: 'textiles', price: { en: 64, zh: 548 }, ground: 'sand', art: indigoRunner,
    name: { en: 'Indigo table runner', zh: '蓝染桌旗' },
    line: { en: 'Eleven dips, then stitches like rain', zh: '染十一遍，再缝一场细雨' },
    story: {
      en: 'Dipped eleven times in a living vat and stitched in white cotton. The blue will lighten where your table is busiest.',
      zh: '在活着的染缸里浸过十一遍，再用白棉线缝上十字。桌上最热闹的地方，蓝色会先淡下来。',
    },
    facts: { en: ['Cotton, natural indigo', '36 × 180 cm', 'Wash apart, in cold water'], zh: ['棉，天然靛蓝', '36 × 180 厘米', '冷水单独清洗'] },
  },
  {
    slug: 'mulberry-cushion', category: 'textiles', price: { en: 58, zh: 498 }, ground: 'dusk', art: cushion,
    name: { en: 'Mulberry cushion', zh: '桑葚色靠垫' },
    line: { en: 'Dyed with fruit the birds left us', zh: '用鸟儿剩下的桑葚染成' },
    story: {
      en: 'Handloom cotton, dyed with mulberries and fixed with alum, striped in straw and honey. Filled with buckwheat hulls or wool: say which.',
      zh: '手织棉布，桑葚染色，明矾固色，织入麦秆色与蜜色条纹。填荞麦壳或羊毛，由您选。',
    },
    facts: { en: ['Cotton cover, with zip', '45 × 45 cm', 'Cover washes at 30 °C'], zh: ['棉质外套，可拆', '45 × 45 厘米', '外套 30 °C 水洗'] },
  },
  {
    slug: 'tea-towels', category: 'textiles', price: { en: 24, zh: 208 }, ground: 'moss', art: teaTowels,
    name: { en: 'Two tea towels', zh: '茶巾一对' },
    line: { en: 'One for glasses, one for everything else', zh: '一条擦杯，一条管其余' },
    story: {
      en: 'Half linen, half cotton, woven with a check and a stripe so that you can tell whose turn it is.',
      zh: '半亚麻半棉，一条格子一条条纹，轮到谁洗碗，一看便知。',
    },
    facts: { en: ['Linen and cotton', '50 × 70 cm each', 'Wash at 60 °C'], zh: ['亚麻与棉混纺', '每条 50 × 70 厘米', '60 °C 水洗'] },
  },
];
