import { phraseList, wordList } from '../../grammar/word-lists.ts';
import type { DateWords } from './shape.ts';

export const OTHERS = {
  ar: {
    begin: phraseList('من | ابتداء من | ابتداءً من | اعتبارا من | اعتبارًا من | بدءا من | في | يوم | في يوم'),
    end: phraseList('حتى | إلى | الى | لغاية | حتى يوم | ينتهي في | تنتهي في'),
    during: phraseList('لمدة | لفترة | مدة | خلال'),
    ahead: phraseList('بعد'),
    fillers: wordList('نهاية'),
    units: wordList(`
      ساعة ساعات ساعتين يوم أيام ايام يوما يومين أسبوع اسبوع أسابيع اسابيع أسبوعين اسبوعين شهر أشهر اشهر شهور شهرين شهرا
      ربع سنة سنوات عام أعوام سنتين عامين
    `),
    lengths: wordList('ساعة ساعتين يوم يومين أسبوع أسبوعين اسبوعين شهر شهرين سنة سنتين عام عامين'),
    counts: phraseList(`
      واحد واحدة | اثنان اثنين | ثلاثة ثلاث | أربعة أربع | خمسة خمس | ستة ست | سبعة سبع | ثمانية ثماني
    `),
    near: phraseList('اليوم | غدا | غدًا | غداً'),
    days: { 'بعد غد': 2, 'بعد الغد': 2, 'أول أمس': -2 },
  },
  fi: {
    begin: phraseList('alkaen | lähtien'),
    end: phraseList('asti | saakka | päättyen'),
    endBehind: phraseList('asti | saakka | mennessä | loppuun | loppuun asti | loppuun saakka'),
    during: phraseList('enintään | korkeintaan'),
    duringBehind: phraseList('ajan | ajaksi | verran'),
    ahead: [],
    fillers: wordList('seuraavan seuraavat koko noin loppu tämän'),
    units: wordList(`
      tunti tuntia tunnin tunniksi päivä päivää päivän päiväksi viikko viikkoa viikon viikoksi kuukausi kuukautta
      kuukauden kuukaudeksi neljännes neljänneksen vuosi vuotta vuoden vuodeksi
    `),
    lengths: wordList('tunniksi päiväksi viikoksi kuukaudeksi vuodeksi'),
    counts: phraseList(`
      yksi yhden yhdeksi | kaksi kahden kahdeksi | kolme kolmen | neljä neljän | viisi viiden | kuusi kuuden
    `),
    near: phraseList('tänään | huomenna | huomiseen | huomisesta | eilen'),
    days: { ylihuomenna: 2, ylihuominen: 2, toissapäivänä: -2 },
  },
  id: {
    begin: phraseList('mulai | mulai dari | mulai tanggal | dari | pada | pada tanggal | terhitung mulai'),
    since: phraseList('sejak'),
    end: phraseList('sampai | sampai dengan | sampai tanggal | hingga | hingga tanggal | s/d | sd | berakhir pada'),
    during: phraseList('selama | untuk | maksimal | paling lama'),
    ahead: phraseList('dalam'),
    fillers: wordList('tanggal akhir sekitar sisa seluruh'),
    units: wordList('jam hari minggu pekan bulan triwulan kuartal tahun'),
    counts: phraseList('satu | dua | tiga | empat | lima | enam | tujuh | delapan | sembilan | sepuluh'),
    near: phraseList('hari ini | besok | kemarin'),
    days: { lusa: 2, 'kemarin lusa': -2 },
  },
  ja: {
    begin: [],
    end: [],
    endBehind: phraseList('まで | 迄 | までに'),
    during: [],
    duringBehind: phraseList('間 | 限定 | だけ'),
    ahead: [],
    fillers: [],
    units: wordList('時間 日 日間 週 週間 か月 ヶ月 カ月 四半期 年 年間'),
    counts: [],
    near: phraseList('今日 | 明日 | 昨日'),
    days: { 明後日: 2, あさって: 2, 明々後日: 3, 明明後日: 3, しあさって: 3, 一昨日: -2, おととい: -2 },
  },
  ru: {
    begin: phraseList('с | со | от | начиная с | в | во'),
    end: phraseList('до | по | вплоть до | включительно до | не позднее | истекает'),
    during: phraseList('на | в течение | на срок | на период | сроком на | максимум на | не более'),
    ahead: phraseList('через | спустя'),
    fillers: wordList('следующие ближайшие весь всю всё остаток около примерно конца эту этот'),
    units: wordList(`
      час часа часов минут день дня дней сутки суток неделя недели недель неделю месяц месяца месяцев квартал квартала
      кварталов год года лет
    `),
    counts: phraseList('один одну одна | два две | три | четыре | пять | шесть | семь | восемь | девять | десять'),
    near: phraseList('сегодня | завтра | вчера'),
    days: { послезавтра: 2, позавчера: -2 },
  },
  uk: {
    begin: phraseList('з | зі | від | починаючи з | у | в'),
    end: phraseList('до | по | аж до | не пізніше'),
    during: phraseList('на | протягом | упродовж | впродовж | на строк | на термін | терміном на'),
    ahead: phraseList('через | за'),
    fillers: wordList('наступні найближчі весь цілий решту близько кінця цей цю'),
    units: wordList(`
      година години годин годину день дні днів дня тиждень тижні тижнів тижня місяць місяці місяців місяця квартал
      кварталу рік роки років року
    `),
    counts: phraseList("один одну одна | два дві | три | чотири | п'ять | шість | сім | вісім | дев'ять | десять"),
    near: phraseList('сьогодні | завтра | вчора'),
    days: { післязавтра: 2, позавчора: -2 },
  },
  vi: {
    begin: phraseList('từ | từ ngày | bắt đầu từ | bắt đầu | kể từ | vào | vào ngày | ngày'),
    end: phraseList(`
      đến | đến ngày | cho đến | cho đến ngày | tới | tới ngày | đến hết | cho tới | đến hết ngày | hết hạn
    `),
    during: phraseList('trong | trong vòng | trong khoảng | suốt | tối đa'),
    ahead: phraseList('sau'),
    fillers: wordList('ngày hết khoảng cuối'),
    units: wordList('giờ tiếng phút ngày tuần tháng quý năm'),
    counts: phraseList('một | hai | ba | bốn | năm | sáu | bảy | tám | chín | mười'),
    near: phraseList('hôm nay | ngày mai | hôm qua'),
    days: { 'ngày kia': 2, 'ngày mốt': 2, 'hôm kia': -2 },
  },
  zh: {
    begin: phraseList('从 | 從 | 自 | 自从'),
    end: phraseList('到 | 至 | 直到 | 直至 | 截至 | 截止 | 截止到'),
    endBehind: phraseList('为止 | 為止 | 之前 | 止 | 截止'),
    during: phraseList('为期 | 為期 | 持续 | 持續 | 期限'),
    duringBehind: phraseList('之内 | 之內 | 以内 | 以內'),
    ahead: [],
    fillers: [],
    units: wordList('小时 小時 天 日 周 週 星期 礼拜 禮拜 个月 個月 月 季度 个季度 年'),
    counts: [],
    near: phraseList('今天 | 明天 | 昨天'),
    days: { 后天: 2, 後天: 2, 大后天: 3, 大後天: 3, 前天: -2 },
  },
} satisfies Readonly<Record<string, DateWords>>;
