import { bambooLantern, reedBlind, reedTray, willowBasket } from '../art/weaving';
import type { Product } from './types';

export const weaving: Product[] = [
  {
    slug: 'market-basket', category: 'weaving', price: { en: 74, zh: 638 }, ground: 'sand', art: willowBasket,
    name: { en: 'Willow market basket', zh: '柳编提篮' },
    line: { en: 'Cut in winter, woven in spring', zh: '冬天割柳，春天编篮' },
    story: {
      en: 'White willow from our own bank of the river, soaked for a week before it will bend. It creaks when new and is quiet by the second summer.',
      zh: '取自家河岸的白柳，泡足一周才肯弯。新篮子会吱呀作响，到第二个夏天就安静了。',
    },
    facts: { en: ['White willow, ash handle', '38 × 28 × 40 cm with handle', 'Carries 12 kg'], zh: ['白柳条，白蜡木提梁', '38 × 28 × 40 厘米（含提梁）', '承重 12 公斤'] },
  },
  {
    slug: 'reed-tray', category: 'weaving', price: { en: 42, zh: 358 }, ground: 'clay', art: reedTray,
    name: { en: 'Coiled reed tray', zh: '芦苇盘' },
    line: { en: 'One reed, forty turns', zh: '一根芦苇，绕四十圈' },
    story: {
      en: 'Coiled from the middle outwards and stitched with bast. Bread looks well on it, and so do persimmons. It weighs less than either.',
      zh: '从中心一圈圈盘出去，再以麻皮缝住。放面包好看，放柿子也好看，而它比两样都轻。',
    },
    facts: { en: ['Marsh reed, ramie stitching', '36 cm across', 'Wipe with a damp cloth'], zh: ['苇杆，苎麻线', '直径 36 厘米', '湿布擦拭即可'] },
  },
  {
    slug: 'bamboo-lantern', category: 'weaving', price: { en: 118, zh: 998 }, ground: 'dusk', art: bambooLantern,
    name: { en: 'Bamboo lantern', zh: '竹骨灯' },
    line: { en: 'Light with the edges taken off', zh: '把光的棱角收起来' },
    story: {
      en: 'Seventeen split ribs and mulberry paper, pasted in one sitting so that it dries evenly and stays round. A warm bulb comes with it.',
      zh: '十七根劈竹为骨，覆桑皮纸，须一口气糊完，干得匀才圆得住。附暖光灯泡一只。',
    },
    facts: { en: ['Bamboo, mulberry paper', '32 cm across, 3 m cord', 'LED bulb E27, 5 W, included'], zh: ['竹，桑皮纸', '直径 32 厘米，线长 3 米', '附 E27 LED 灯泡，5 瓦'] },
  },
  {
    slug: 'reed-blind', category: 'weaving', price: { en: 86, zh: 728 }, ground: 'moss', art: reedBlind,
    name: { en: 'Reed blind', zh: '苇帘' },
    line: { en: 'For a window with too much noon', zh: '给正午太亮的窗' },
    story: {
      en: 'Peeled reeds on linen cord. It lets the morning in, keeps the noon out, and draws lines on the floor that move all day.',
      zh: '去皮芦苇，亚麻绳编联。放清晨进来，把正午挡在外面，在地上画一整天会走的线。',
    },
    facts: { en: ['Peeled reed, linen cord', '90 × 160 cm; cut to size on request', 'Fixings included'], zh: ['去皮芦苇，亚麻绳', '90 × 160 厘米，可按需裁切', '附安装配件'] },
  },
];
