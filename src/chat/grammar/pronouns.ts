import type { DATE_WORDS } from '../dates/date-words.ts';
import { wordList, wordSet } from './word-lists.ts';

/**
 * Words that stand for people and are no names: pronouns, quantifiers, and general words for people. A name made only
 * of these never matches as the beginning of a longer name; it means a person whose whole name it is, or one whom the
 * line names in quotes. For every language whose dates Usher reads; see `../dates/calendars.ts`.
 */
const NO_NAMES: Readonly<Record<keyof typeof DATE_WORDS, string>> = {
  en: `all any anybody anyone anything both each either every everybody everyone everything few many more most neither
    nobody none no noone nothing one ones other others another several some somebody someone something same rest
    he she it they them him her his hers its their theirs we us our ours you your yours mine this that these those
    himself herself itself themselves yourself yourselves ourselves who whom whose which what whoever
    new team people person persons user users member members colleague colleagues folks employee employees staff
    starter starters hire hires joiner joiners newcomer newcomers boss manager
    the a of in from with and or else only same whole entire`,
  ar: `كل الكل جميع الجميع كلهم كلنا بعض بعضهم أحد أحدهم لا أحد هو هي هم هن هما نحن أنت أنتم أنا ني إياه هذا هذه هؤلاء ذلك تلك
    كلا كلاهما جديد الجديد فريق الفريق آخر الآخرون`,
  de: `alle allen aller alles jeder jede jeden jedem jemand jemanden jemandem niemand niemanden keiner keine einige manche
    mehrere beide beiden er sie es ihn ihm ihr ihnen wir uns euch du dich dir man wen wer wem ich mich mir dieser diese
    diesen dieses diesem jener jene der die das den dem neu neue neuer neuen neues neuling team kollege kollegin
    kollegen mitarbeiter mitarbeiterin leute andere anderen sich selbst und oder`,
  es: `todos todas todo toda cada cualquiera alguien nadie ninguno ninguna algunos algunas alguno varios varias ambos
    ambas él ella ello ellos ellas lo la los las le les nosotros nosotras nos vosotros os tú ti te usted ustedes yo mí
    este esta estos estas ese esa esos esas eso esto aquel aquella nuevo nueva nuevos nuevas equipo gente otro otra
    otros otras mismo misma el quien quién y o`,
  fi: `kaikki kaikkia kaikille jokainen jokaiselle joku jollekin jotkut muutama molemmat molemmille ei kukaan hän hänet
    hänelle häntä he heidät heille heitä se sen sille ne niille me meille meidät te teille sinä sinut sinulle minä minut
    minulle tämä tämän tälle nämä tuo tuon nuo uusi uuden uudet tiimi tiimille muu muut toinen toiset itse ja tai`,
  fr: `tous toutes tout toute chacun chacune quelqu'un quelqu’un personne aucun aucune certains certaines quelques
    plusieurs il elle ils elles lui leur eux le la les nous vous on toi tu te se soi moi je ça cela ceci ce cet cette
    ces celui celle ceux celles nouveau nouvelle nouveaux nouvelles équipe l'équipe gens autre autres deux même et ou qui`,
  id: `semua semuanya seluruh setiap tiap seseorang siapapun siapa beberapa sebagian keduanya kedua tidak dia ia mereka
    beliau kami kita kamu anda kalian saya aku ini itu baru tim orang lain lainnya yang sendiri dan atau`,
  it: `tutti tutte tutto tutta ogni ognuno ognuna ciascuno chiunque qualcuno qualcuna nessuno nessuna alcuni alcune
    qualche entrambi entrambe lui lei loro egli ella essi esse esso essa lo la li le gli ne noi ci voi vi te tu io me mi
    questo questa questi queste quello quella quelli quelle nuovo nuova nuovi nuove squadra team gente altro altra altri
    altre stesso il i e o chi`,
  ja: `全員 みんな みな 皆 皆さん 皆様 全部 すべて 全て 誰か 誰も 誰でも 誰 だれ だれか 何人か 数人 両方 二人とも 彼 彼女 彼ら 彼女ら
    彼女たち あなた あなたたち 君 私 私たち 我々 僕 自分 これ それ あれ この人 その人 あの人 この その あの 新人 新しい人 新しい チーム
    人 他 他の人 その他`,
  nl: `alle allen allemaal alles iedereen elk elke ieder iedere iemand niemand geen sommige sommigen enkele enkelen
    beide beiden hij zij ze hem haar hun hen het wij we ons jij je jou jullie u ik mij me dit dat deze die nieuw nieuwe
    nieuwkomer team collega collega's mensen ander andere anderen zelf de en of wie`,
  pt: `todos todas todo toda cada qualquer alguém ninguém nenhum nenhuma alguns algumas algum vários várias ambos ambas
    ele ela eles elas lhe lhes o a os as nós nos vós você vocês tu te ti eu mim me este esta estes estas esse essa esses
    essas isto isso aquele aquela aqueles aquelas aquilo novo nova novos novas equipe equipa gente pessoal outro outra
    outros outras mesmo quem e ou`,
  ru: `все всех всем всё всего каждый каждого каждому кто-то кто-нибудь кого-то кому-то кто кого кому никто никого никому
    некоторые некоторых некоторым несколько оба обоих обоим обе он она оно они его её ее их ему ей им ним нему ней мы нас
    нам вы вас вам ты тебя тебе я меня мне это этот эта эти этого этому этих тот та те того тому тех новый новая новые
    нового новому новенький команда команде люди другой другие других сам сама и или`,
  sv: `alla allt allihop var varje någon någonting några ingen inga samtliga båda bägge han hon den det de dem honom henne
    vi oss ni er du dig jag mig hen denna denne detta dessa ny nya nye nytt team teamet folk annan andra själv och eller
    vem`,
  uk: `всі усі всіх усіх всім усім все кожен кожного кожному хтось когось комусь хто кого кому ніхто нікого нікому деякі
    деяких деяким кілька обидва обох обом обидві він вона воно вони його її їх йому їй їм ми нас нам ви вас вам ти тебе
    тобі я мене мені це цей ця ці цього цьому цих той та ті того тому тих новий нова нові нового новому команда команді
    люди інший інші інших сам сама і й або`,
  vi: `tất cả mọi người ai đó bất kỳ một số vài những các không cả hai anh ấy chị cô ông bà nó họ chúng tôi ta bạn em mày
    này kia đó mới người nhóm đội khác và hoặc`,
  zh: `所有人 所有 全部 全体 全體 大家 每个人 每個人 每人 任何人 某人 有人 没人 沒人 没有人 沒有人 一些人 一些 几个人 幾個人 两个人
    兩個人 两个 兩個 他 她 它 他们 他們 她们 她們 它们 它們 我们 我們 咱们 咱們 你 您 你们 你們 我 自己 这 這 那 这个 這個 那个 那個
    这些 這些 那些 这个人 這個人 那个人 那個人 新人 新同事 新员工 新員工 团队 團隊 其他人 其他 别人 別人
    谁 誰 本人 同事 下属 下屬 以上 以下 上述`,
};

/** Those that are also names; they count as no names only in the reader's own language. */
const ALSO_NAMES = wordSet(`
  ai alla an andra anh bà chi chị ci cô dan das dat de dem den dessa di dia du ei el ela ele ella elle em er esta
  eu hai han hen họ hon hun i ia inga io ita kami kia kita kỳ la le lei les li lo loro lui man me mi mia mich mir moi ne
  ni nó noi nos nova ny nya o on os ou ông re se sen si sie soi số ta tai te ti tim toi tu tuo u vi wen y yang yo
`);

const BY_LANGUAGE: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(NO_NAMES).map(([language, words]) => [language, wordSet(words)]),
);
const ENGLISH = wordSet(NO_NAMES.en);
const ANYWHERE = new Set(
  Object.values(NO_NAMES)
    .flatMap(wordList)
    .filter((word) => !ALSO_NAMES.has(word) || ENGLISH.has(word)),
);

/**
 * Whether the text names no particular person ("all", "the new one", "all of them"): `own` in English or the reader's
 * language, `foreign` in another language, where it may be a name. `locale` is the reader's, BCP 47. Null where it may
 * be any name.
 */
export function noNameIn(text: string, locale: string): 'own' | 'foreign' | null {
  const own = BY_LANGUAGE.get(locale.split(/[-_]/)[0]?.toLowerCase() ?? '');
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[’‘]/g, "'")
    .split(/[\s,;:!?.…。！？]+/)
    .filter((word) => word !== '');
  const isOwn = (word: string) => ENGLISH.has(word) || own?.has(word) === true;
  if (words.length === 0 || !words.every((word) => ANYWHERE.has(word) || isOwn(word))) return null;
  return words.every(isOwn) ? 'own' : 'foreign';
}

/** Whether the text means the speaker. */
export function isSelf(text: string): boolean {
  return /^(?:me|myself)$/i.test(text.trim());
}

/** The same without white space around it, which a line would lose: "me" with a tab is written in quotes. */
export const isSelfWord = (text: string): boolean => isSelf(text) && text === text.trim();
