//! Words that checks look for, by language. A language that is missing here has its issues checked with the English
//! words. Knows no check.

/// What is looked for in one language, in small letters.
pub(super) struct Vocabulary {
    /// Primary subtags of BCP 47.
    languages: &'static [&'static str],
    /// Link texts that say nothing by themselves, as a screen reader lists them.
    pub(super) generic: &'static [&'static str],
    pub(super) attached: &'static [&'static str],
    /// January to December, in the form that a date has; two forms are parted by a bar.
    pub(super) months: [&'static str; 12],
}

const ENGLISH: Vocabulary = Vocabulary {
    languages: &["en"],
    generic: &[
        "click here", "click", "here", "read more", "learn more", "find out more", "see more", "more", "continue",
        "link", "this", "this link", "this page", "this article", "details", "website",
    ],
    attached: &[
        "is attached", "are attached", "attached is", "attached are", "attached file", "attached document",
        "attached pdf", "find attached", "see attached", "i attach", "i attached", "i've attached", "i’ve attached",
        "have attached", "in the attachment", "see the attachment", "attachment below", "attached to this email",
        "attached below",
    ],
    months: [
        "january|jan", "february|feb", "march|mar", "april|apr", "may|may", "june|jun", "july|jul", "august|aug",
        "september|sep", "october|oct", "november|nov", "december|dec",
    ],
};

const OTHERS: [Vocabulary; 13] = [
    Vocabulary {
        languages: &["de"],
        generic: &[
            "hier", "hier klicken", "klicken sie hier", "klick hier", "mehr", "mehr lesen", "weiterlesen",
            "mehr erfahren", "link", "dieser link", "diese seite",
        ],
        attached: &[
            "im anhang", "anbei", "ist angehängt", "sind angehängt", "angehängte datei", "ist beigefügt", "als anlage",
        ],
        months: [
            "januar|jänner", "februar|feber", "märz|märz", "april|apr", "mai|mai", "juni|jun", "juli|jul",
            "august|aug", "september|sep", "oktober|okt", "november|nov", "dezember|dez",
        ],
    },
    Vocabulary {
        languages: &["fr"],
        generic: &[
            "ici", "cliquez ici", "cliquer ici", "lire la suite", "en savoir plus", "plus", "lien", "ce lien",
            "cette page", "voir plus",
        ],
        attached: &["ci-joint", "ci-jointe", "ci-joints", "pièce jointe", "pièces jointes"],
        months: [
            "janvier|janv", "février|févr", "mars|mars", "avril|avr", "mai|mai", "juin|juin", "juillet|juil",
            "août|aout", "septembre|sept", "octobre|oct", "novembre|nov", "décembre|déc",
        ],
    },
    Vocabulary {
        languages: &["es"],
        generic: &[
            "aquí", "haz clic aquí", "haga clic aquí", "clic aquí", "leer más", "más", "más información", "enlace",
            "este enlace", "ver más",
        ],
        attached: &[
            "adjunto encontrarás", "adjunto encontrará", "adjunto te envío", "te adjunto", "le adjunto",
            "archivo adjunto", "documento adjunto", "va adjunto", "en el adjunto",
        ],
        months: [
            "enero|ene", "febrero|feb", "marzo|mar", "abril|abr", "mayo|may", "junio|jun", "julio|jul", "agosto|ago",
            "septiembre|setiembre", "octubre|oct", "noviembre|nov", "diciembre|dic",
        ],
    },
    Vocabulary {
        languages: &["it"],
        generic: &[
            "qui", "clicca qui", "leggi tutto", "leggi di più", "di più", "scopri di più", "altro", "link",
            "questo link",
        ],
        attached: &["in allegato", "ti allego", "le allego", "file allegato", "documento allegato"],
        months: [
            "gennaio|gen", "febbraio|feb", "marzo|mar", "aprile|apr", "maggio|mag", "giugno|giu", "luglio|lug",
            "agosto|ago", "settembre|set", "ottobre|ott", "novembre|nov", "dicembre|dic",
        ],
    },
    Vocabulary {
        languages: &["pt"],
        generic: &[
            "aqui", "clique aqui", "leia mais", "ler mais", "saiba mais", "mais", "link", "este link", "ver mais",
        ],
        attached: &[
            "segue anexo", "segue em anexo", "seguem em anexo", "envio em anexo", "em anexo segue", "arquivo anexo",
            "ficheiro anexo",
        ],
        months: [
            "janeiro|jan", "fevereiro|fev", "março|mar", "abril|abr", "maio|mai", "junho|jun", "julho|jul",
            "agosto|ago", "setembro|set", "outubro|out", "novembro|nov", "dezembro|dez",
        ],
    },
    Vocabulary {
        languages: &["nl"],
        generic: &[
            "hier", "klik hier", "lees meer", "lees verder", "meer", "meer informatie", "link", "deze link",
            "deze pagina",
        ],
        attached: &[
            "in de bijlage vind", "zie bijlage", "zie de bijlage", "bijgevoegd bestand", "is bijgevoegd", "als bijlage",
        ],
        months: [
            "januari|jan", "februari|feb", "maart|mrt", "april|apr", "mei|mei", "juni|jun", "juli|jul", "augustus|aug",
            "september|sep", "oktober|okt", "november|nov", "december|dec",
        ],
    },
    Vocabulary {
        languages: &["pl"],
        generic: &[
            "tutaj", "tu", "kliknij tutaj", "kliknij", "czytaj dalej", "czytaj więcej", "więcej", "link", "ten link",
        ],
        attached: &[
            "w załączniku znajdziesz", "w załączniku znajdą", "w załączniku przesyłam", "przesyłam w załączniku",
            "w załączeniu", "załączam",
        ],
        months: [
            "stycznia|styczeń", "lutego|luty", "marca|marzec", "kwietnia|kwiecień", "maja|maj", "czerwca|czerwiec",
            "lipca|lipiec", "sierpnia|sierpień", "września|wrzesień", "października|październik", "listopada|listopad",
            "grudnia|grudzień",
        ],
    },
    Vocabulary {
        languages: &["cs"],
        generic: &["zde", "tady", "klikněte zde", "více", "číst dál", "odkaz", "tento odkaz"],
        attached: &[
            "v příloze najdete", "v příloze naleznete", "v příloze posílám", "v příloze zasílám", "posílám v příloze",
            "zasílám v příloze", "v přiloženém souboru", "přikládám",
        ],
        months: [
            "ledna|leden", "února|únor", "března|březen", "dubna|duben", "května|květen", "června|červen",
            "července|červenec", "srpna|srpen", "září|září", "října|říjen", "listopadu|listopad", "prosince|prosinec",
        ],
    },
    Vocabulary {
        languages: &["ru", "uk"],
        generic: &[
            "здесь", "тут", "нажмите здесь", "далее", "читать далее", "подробнее", "ещё", "ссылка", "по ссылке",
            "натисніть тут", "детальніше", "читати далі",
        ],
        attached: &["во вложении", "прилагаю", "прикрепляю", "прикреплённом", "у вкладенні", "долучаю"],
        months: [
            "января|січня", "февраля|лютого", "марта|березня", "апреля|квітня", "мая|травня", "июня|червня",
            "июля|липня", "августа|серпня", "сентября|вересня", "октября|жовтня", "ноября|листопада", "декабря|грудня",
        ],
    },
    Vocabulary {
        languages: &["ar"],
        generic: &["هنا", "اضغط هنا", "انقر هنا", "اقرأ المزيد", "المزيد", "الرابط", "هذا الرابط"],
        attached: &["في المرفق", "في المرفقات", "مرفق طيه", "مرفق مع هذه"],
        months: [
            "يناير|كانون الثاني", "فبراير|شباط", "مارس|آذار", "أبريل|نيسان", "مايو|أيار", "يونيو|حزيران", "يوليو|تموز",
            "أغسطس|آب", "سبتمبر|أيلول", "أكتوبر|تشرين الأول", "نوفمبر|تشرين الثاني", "ديسمبر|كانون الأول",
        ],
    },
    Vocabulary {
        languages: &["he", "iw"],
        generic: &["כאן", "לחצו כאן", "לחץ כאן", "קרא עוד", "קראו עוד", "עוד", "קישור", "לקריאה נוספת"],
        attached: &["מצורף", "מצורפת", "מצורפים", "בקובץ המצורף"],
        months: [
            "ינואר|בינואר", "פברואר|בפברואר", "מרץ|במרץ", "אפריל|באפריל", "מאי|במאי", "יוני|ביוני", "יולי|ביולי",
            "אוגוסט|באוגוסט", "ספטמבר|בספטמבר", "אוקטובר|באוקטובר", "נובמבר|בנובמבר", "דצמבר|בדצמבר",
        ],
    },
    Vocabulary {
        languages: &["ja"],
        generic: &[
            "こちら", "ここ", "ここをクリック", "こちらをクリック", "続きを読む", "もっと読む", "詳細",
            "詳しくはこちら", "リンク",
        ],
        attached: &["添付しました", "添付します", "添付ファイル", "添付の"],
        months: [""; 12],
    },
    Vocabulary {
        languages: &["zh"],
        generic: &["点击这里", "這裡", "这里", "此处", "点此", "點此", "更多", "阅读更多", "閱讀更多", "链接", "連結"],
        attached: &[
            "见附件", "見附件", "附件中", "附件里", "附件裡", "附件是", "附件为", "附件為", "在附件", "随信附上",
            "隨信附上", "已附上",
        ],
        months: [""; 12],
    },
];

/// The words of a language, and the English ones where they are others: links and dates are typed in English anywhere.
pub(super) fn of(language: &str) -> &'static Vocabulary {
    let primary = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    OTHERS.iter().find(|known| known.languages.contains(&primary.as_str())).unwrap_or(&ENGLISH)
}

impl Vocabulary {
    /// Whether a link's text, in small letters, says nothing.
    pub(super) fn is_generic(&self, text: &str) -> bool {
        self.generic.contains(&text) || ENGLISH.generic.contains(&text)
    }

    /// The number of a month by its name in small letters, in this language or in English.
    pub(super) fn month(&self, word: &str) -> Option<i8> {
        let named = |months: &[&str; 12]| months.iter().position(|names| names.split('|').any(|name| name == word));
        let found = named(&self.months).or_else(|| named(&ENGLISH.months))?;
        i8::try_from(found + 1).ok().filter(|_| !word.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_its_words_and_the_english_ones() {
        let german = of("de-AT");
        assert!(german.is_generic("hier klicken") && german.is_generic("here") && !german.is_generic("hierzulande"));
        assert_eq!((german.month("märz"), german.month("march"), german.month("")), (Some(3), Some(3), None));
        assert_eq!(of("sw").languages, ["en"]);
        assert_eq!(of("ja").month(""), None);
    }

    #[test]
    fn words_are_in_small_letters() {
        for words in OTHERS.iter().chain([&ENGLISH]) {
            for word in words.generic.iter().chain(words.attached).chain(&words.months) {
                assert_eq!(*word, word.to_lowercase(), "{:?}", words.languages);
            }
        }
    }
}
