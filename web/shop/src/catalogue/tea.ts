import { candles, incense, teaCake, teaTin } from '../art/tea';
import type { Product } from './types';

export const tea: Product[] = [
  {
    slug: 'longjing', category: 'tea', price: { en: 34, zh: 298 }, ground: 'moss', art: teaTin,
    name: { en: 'Longjing, before the rain', zh: '明前龙井' },
    line: { en: 'Picked in the last cold week of March', zh: '采于三月最后的冷天' },
    story: {
      en: 'Flat leaves, pan-fired by one person on one afternoon. Chestnut first, then grass, then something like the air after snow.',
      zh: '叶片扁平，一个人一个下午炒成一锅。先是板栗香，再是青草，最后像雪后的空气。',
    },
    facts: { en: ['Green tea, 75 g tin', '80 °C, two minutes, three times', 'Best within a year'], zh: ['绿茶，75 克罐装', '80 °C 水，两分钟，可泡三道', '一年内饮用为佳'] },
  },
  {
    slug: 'white-peony', category: 'tea', price: { en: 52, zh: 448 }, ground: 'sand', art: teaCake,
    name: { en: 'White peony cake', zh: '白牡丹茶饼' },
    line: { en: 'Pressed five years ago, ready now', zh: '五年前压的饼，如今正好' },
    story: {
      en: 'Buds and leaves, withered in the sun and pressed into a cake. Break off a corner; it opens slowly and forgives a forgotten kettle.',
      zh: '芽与叶，日晒萎凋，压成一饼。掰下一角，慢慢舒展，水凉了也不计较。',
    },
    facts: { en: ['White tea, 200 g', '90 °C, or simmered', 'Keeps for years, dry and dark'], zh: ['白茶，200 克', '90 °C 冲泡，亦可煮饮', '干燥避光，可存多年'] },
  },
  {
    slug: 'osmanthus-incense', category: 'tea', price: { en: 28, zh: 238 }, ground: 'dusk', art: incense,
    name: { en: 'Osmanthus incense', zh: '桂花线香' },
    line: { en: 'One October, in forty sticks', zh: '一个十月，分成四十支' },
    story: {
      en: 'Osmanthus flowers, sandalwood and nothing that needs a long name. With a small celadon dish to catch the ash.',
      zh: '桂花、檀木，没有名字很长的东西。附一只接灰的青瓷小碟。',
    },
    facts: { en: ['40 sticks, 25 minutes each', 'With celadon holder', 'Open a window'], zh: ['40 支，每支约 25 分钟', '附青瓷香插', '请开一扇窗'] },
  },
  {
    slug: 'beeswax-candles', category: 'tea', price: { en: 32, zh: 278 }, ground: 'clay', art: candles,
    name: { en: 'Beeswax candles', zh: '蜂蜡烛' },
    line: { en: 'They smell of the meadow, faintly', zh: '隐约有草地的味道' },
    story: {
      en: 'Poured from the wax of a neighbour’s forty hives. They burn slowly, hardly drip, and need no scent of their own.',
      zh: '邻居四十箱蜂的蜡，浇成两支。烧得慢，几乎不流泪，也不必另加香气。',
    },
    facts: { en: ['Pure beeswax, two pillars', '26 and 34 hours', 'Trim the wick to 5 mm'], zh: ['纯蜂蜡，两支', '分别可燃 26 与 34 小时', '烛芯剪至 5 毫米'] },
  },
];
