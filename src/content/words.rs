//! The mail's own words, by language, and dates written out. Knows no layout.
//!
//! A newsletter in a language that is missing here gets the English words, marked as English and written left to right.

use jiff::civil::Date;

/// The words around an editor's text. `{newsletter}`, `{address}` and `{date}` in them are filled in by [`fill`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// The language that these words are in.
    pub language: &'static str,
    /// The link on top, to the web version.
    pub read_on_web: &'static str,
    /// Heading of the list of addresses in the text part.
    pub links: &'static str,
    /// Heading of the footnotes.
    pub notes: &'static str,
    /// What stands before an image's alternative text in the text part.
    pub image: &'static str,
    /// Why the reader gets this mail.
    pub reason: &'static str,
    /// The link to leave.
    pub unsubscribe: &'static str,
    /// The link to the preferences.
    pub preferences: &'static str,
    /// The link for someone who was forwarded the mail.
    pub forwarded: &'static str,
    /// Of the mails that the system sends by itself.
    pub confirmation: Confirmation,
    /// The answer to somebody who subscribes again.
    pub already: Already,
}

/// Words of the mail that asks for confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// Subject and heading.
    pub subject: &'static str,
    /// What happened.
    pub lead: &'static str,
    /// The button.
    pub button: &'static str,
    /// Above the bare address.
    pub or_open: &'static str,
    /// For whoever did not ask for it.
    pub ignore: &'static str,
    /// Why this mail came.
    pub reason: &'static str,
}

/// Words of the mail to somebody who is subscribed already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Already {
    /// Subject and heading.
    pub subject: &'static str,
    /// What happened.
    pub lead: &'static str,
    /// What can be done.
    pub change: &'static str,
    /// For whoever did not ask for it.
    pub ignore: &'static str,
}

const ENGLISH: Words = Words {
    language: "en",
    read_on_web: "Read on the web",
    links: "Links",
    notes: "Notes",
    image: "Image",
    reason: "You get this email because {address} subscribed to {newsletter} on {date}.",
    unsubscribe: "Unsubscribe",
    preferences: "Change preferences or pause",
    forwarded: "Was this forwarded to you? Subscribe",
    confirmation: Confirmation {
        subject: "Confirm your subscription to {newsletter}",
        lead: "Someone, we hope you, asked to get {newsletter} at this address. Press the button to confirm it.",
        button: "Confirm subscription",
        or_open: "If the button does not work, open this address:",
        ignore: "If this was not you, do nothing: you will hear from us no more.",
        reason: "You get this email because this address was entered on the signup page of {newsletter}.",
    },
    already: Already {
        subject: "You already get {newsletter}",
        lead: "Someone, we hope you, asked to get {newsletter} at this address. You are subscribed already, so nothing has changed.",
        change: "Change preferences or unsubscribe",
        ignore: "If this was not you, do nothing.",
    },
};

const ARABIC: Words = Words {
    language: "ar",
    read_on_web: "اقرأ على الويب",
    links: "الروابط",
    notes: "الهوامش",
    image: "صورة",
    reason: "تصلك هذه الرسالة لأن {address} مشترك في {newsletter} منذ {date}.",
    unsubscribe: "إلغاء الاشتراك",
    preferences: "تغيير التفضيلات أو الإيقاف المؤقت",
    forwarded: "هل أُعيد توجيه هذه الرسالة إليك؟ اشترك",
    confirmation: Confirmation {
        subject: "أكّد اشتراكك في {newsletter}",
        lead: "طلب أحدهم، ونأمل أنه أنت، تلقّي {newsletter} على هذا العنوان. اضغط الزر للتأكيد.",
        button: "تأكيد الاشتراك",
        or_open: "إذا لم يعمل الزر فافتح هذا العنوان:",
        ignore: "إذا لم تكن أنت من طلب ذلك فلا تفعل شيئًا: لن تصلك منا رسائل أخرى.",
        reason: "تصلك هذه الرسالة لأن هذا العنوان أُدخل في صفحة الاشتراك في {newsletter}.",
    },
    already: Already {
        subject: "أنت مشترك بالفعل في {newsletter}",
        lead: "طلب أحدهم، ونأمل أنه أنت، تلقّي {newsletter} على هذا العنوان. أنت مشترك بالفعل، فلم يتغير شيء.",
        change: "تغيير التفضيلات أو إلغاء الاشتراك",
        ignore: "إذا لم تكن أنت من طلب ذلك فلا تفعل شيئًا.",
    },
};

const JAPANESE: Words = Words {
    language: "ja",
    read_on_web: "ウェブで読む",
    links: "リンク",
    notes: "注",
    image: "画像",
    reason: "このメールは、{address} が {date} に {newsletter} の購読を申し込まれたため、お送りしています。",
    unsubscribe: "購読を解除する",
    preferences: "設定の変更・一時停止",
    forwarded: "このメールを転送で受け取った方はこちらから購読できます",
    confirmation: Confirmation {
        subject: "{newsletter} の購読をご確認ください",
        lead: "このアドレスで {newsletter} の購読の申し込みがありました。ご本人であれば、ボタンを押して確認してください。",
        button: "購読を確認する",
        or_open: "ボタンが使えない場合は、次のアドレスを開いてください。",
        ignore: "お心当たりがない場合は、何もしないでください。今後メールが届くことはありません。",
        reason: "このメールは、{newsletter} の購読申し込みページにこのアドレスが入力されたため、お送りしています。",
    },
    already: Already {
        subject: "{newsletter} はすでに購読されています",
        lead: "このアドレスで {newsletter} の購読の申し込みがありました。すでに購読されているため、変更はありません。",
        change: "設定の変更・購読の解除",
        ignore: "お心当たりがない場合は、何もしないでください。",
    },
};

/// The words for a language, by its primary subtag; English when there are none.
pub fn of(language: &str) -> &'static Words {
    let primary = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    [&ARABIC, &JAPANESE].into_iter().find(|words| words.language == primary).unwrap_or(&ENGLISH)
}

/// Puts values into a sentence: each `{key}` gives way to its value, once, so a value that looks like a key stays as it is.
pub fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(sentence.len() + 64);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let value = after
            .split_once('}')
            .and_then(|(key, after)| values.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value, after)));
        match value {
            Some((value, after)) => {
                out.push_str(value);
                rest = after;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out + rest
}

/// A day as a reader of `language` writes it.
pub fn date(language: &str, date: Date) -> String {
    const ENGLISH_MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const ARABIC_MONTHS: [&str; 12] =
        ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"];
    let (day, year, month) = (date.day(), date.year(), usize::from(date.month().unsigned_abs()) - 1);
    match of(language).language {
        "ar" => format!("{day} {} {year}", ARABIC_MONTHS[month]),
        "ja" => format!("{year}年{}月{day}日", month + 1),
        _ => format!("{day} {} {year}", ENGLISH_MONTHS[month]),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as day;

    use super::*;

    #[test]
    fn values_are_not_expanded_again() {
        let filled = fill("{a} and {b}, {c} {", &[("a", "{b}"), ("b", "2")]);
        assert_eq!(filled, "{b} and 2, {c} {");
    }

    #[test]
    fn every_language_says_all_of_it() {
        for words in [&ENGLISH, &ARABIC, &JAPANESE] {
            assert_eq!(of(words.language), words);
            for sentence in [words.reason, words.confirmation.lead, words.confirmation.subject, words.already.lead] {
                assert!(sentence.contains("{newsletter}"), "{sentence}");
            }
            assert!(words.reason.contains("{address}") && words.reason.contains("{date}"));
            assert!(!words.confirmation.reason.contains("{address}"), "nothing a stranger typed");
        }
        assert_eq!(of("de-AT").language, "en");
        assert_eq!(of("ar-EG").language, "ar");
    }

    #[test]
    fn dates_are_written_out() {
        let friday = day(2026, 11, 20);
        assert_eq!(date("en", friday), "20 November 2026");
        assert_eq!(date("ar", friday), "20 نوفمبر 2026");
        assert_eq!(date("ja-JP", friday), "2026年11月20日");
    }
}
