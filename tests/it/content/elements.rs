//! Everything Markdown can say, in both parts, from left to right and from right to left.

use coranto::content::{self, RenderContext, Target};

use super::ground::{compose, filled, html_of, issue, newsletter, read, text_of};

const EVERYTHING: &str = r#"
Words in *italics*, in **bold**, ~~struck out~~, in `code()`, and "quoted -- like this"...

## A heading with a `{{ brace }}`

> A quote of two paragraphs.
>
> > And one within, long enough that its lines have to be broken somewhere, since quoted text is filled too.

### One level down

1. First, with a [linked text](https://example.org/a?b=1&c=2).
2. Second:
   - a *nested* list
   - of two
3. Third.

7. Loose.

8. Items with [the same link](https://example.org/a?b=1&c=2) and another, <https://example.org/bare>, and <editor@example.org>.

| City | Population | Since |
| :--- | ---: | :-: |
| Prague | 1,400,000 | 885 |
| Ostrava, on the **Ostravice** | 280,000 | 1267 |

```
fn main() {
	println!("{{ name }}");
}
```

A claim.[^second] Another one.[^first]

![A harbour at dusk](https://example.org/harbour.jpg "title")

Two lines\
of a poem.

***

The end.

[^first]: Said the harbour master, in [an interview](https://example.org/interview).
[^second]: Mentioned first.
"#;

#[test]
fn everything() {
    let parts = compose(&issue(EVERYTHING), &newsletter()).unwrap();
    insta::assert_snapshot!("everything.html", filled(&parts.html, true));
    insta::assert_snapshot!("everything.txt", filled(&parts.text, false));
}

#[test]
fn right_to_left() {
    let source = "---\ntitle: الموعد ليس اتفاقًا\nsummary: اتفق الطرفان على موعد، ولم يتفقا على شيء آخر.\nlang: ar\n---\n\
        عزيزي {{ name | القارئ }}،\n\nاتفق الطرفان على موعد. انظر [النص الكامل](https://example.org/text).\n\n\
        ## ما الذي تغيّر\n\n> لم نطلب الإجماع، بل طلبنا موعدًا.\n\n- أولًا: `coranto queue`\n- ثانيًا\n\n1. واحد\n2. اثنان\n";
    let parts = compose(&read(source).unwrap(), &newsletter()).unwrap();
    let html = filled(&parts.html, true);
    assert!(html.contains("<html lang=\"ar\" dir=\"rtl\""));
    assert!(!html.contains("padding-left") && !html.contains("border-left"), "every side is swapped");
    insta::assert_snapshot!("arabic.html", html);
    insta::assert_snapshot!("arabic.txt", filled(&parts.text, false));
}

#[test]
fn a_language_without_words_of_its_own_gets_english_ones_marked_as_such() {
    let source = "---\ntitle: כותרת ארוכה מספיק\nsummary: ת\nlang: he\n---\nשלום\n";
    let parts = compose(&read(source).unwrap(), &newsletter()).unwrap();
    assert!(parts.html.as_str().contains("<html lang=\"he\" dir=\"rtl\""));
    assert!(parts.html.as_str().contains("<div lang=\"en\" dir=\"ltr\">\n\n<p class=\"m\""));
}

#[test]
fn the_web_version_has_no_mail_styles_and_places_to_jump_to() {
    let newsletter = newsletter();
    let letter = RenderContext {
        newsletter: &newsletter,
        web_url: "https://news.example.com/week/x",
        pictures: &coranto::content::pictures::NoPictures,
    };
    let body = "## Über *uns*\n\nText[^1] with [a link](https://example.org/).\n\n## Über uns\n\n### Own {#place}\n\n[^1]: Note.\n";
    let rendered = content::render(&issue(body), &letter, Target::Web).unwrap();
    insta::assert_snapshot!(rendered.html);
}

#[test]
fn straight_quotes_turn_only_where_they_would_be_right() {
    assert!(html_of("He said \"no\" -- twice...").contains("He said “no” – twice…"));
    let german =
        read("---\ntitle: Ein langer Titel\nsummary: S\nlang: de\n---\nEr sagte \"nein\" und „doch“.\n").unwrap();
    let parts = compose(&german, &newsletter()).unwrap();
    assert!(parts.html.as_str().contains("Er sagte \"nein\" und „doch“."));
}

#[test]
fn the_title_is_the_only_first_heading() {
    let html = html_of("# Typed as first\n\nText.\n");
    assert!(html.contains(">\n<h2 ") && !html.contains("<h1"), "{html}");
}

#[test]
fn a_line_end_is_no_space_in_japanese() {
    let source = "---\ntitle: 港長の時計\nsummary: S\nlang: ja\n---\n一行目の\n続きとABC\nDEF。\n";
    let parts = compose(&read(source).unwrap(), &newsletter()).unwrap();
    assert!(parts.html.as_str().contains("一行目の続きとABC\nDEF。"));
}

#[test]
fn wide_tables_become_lists_in_text() {
    let body = format!("| Name | What it is |\n| --- | --- |\n| A | {0} |\n| B | {0} |\n", "many words ".repeat(9));
    insta::assert_snapshot!(text_of(&body));
}

#[test]
fn text_takes_no_invisible_characters() {
    assert_eq!(
        text_of("soft\u{AD}hyphen, zero\u{200B}width, hard&nbsp;space, a\ttab"),
        "softhyphen, zerowidth, hard space, a tab"
    );
}

#[test]
fn addresses_are_the_same_in_both_parts() {
    let body = "[a](https://example.org), <https://example.org>, [https://example.org](https://example.org), \
                [x](http://example.org/a_(b)) [mail](mailto:a@example.org) [a@example.org](mailto:a@example.org)";
    assert_eq!(
        text_of(body),
        "a [1], https://example.org/, https://example.org/, x [2] mail [3]\na@example.org\n\n\nLinks\n-----\n\n\
         [1] https://example.org/\n[2] http://example.org/a_%28b%29\n[3] mailto:a@example.org"
    );
    let html = html_of(body);
    assert_eq!(html.matches("href=\"https://example.org/\"").count(), 3);
    assert_eq!(html.matches("href=\"http://example.org/a_%28b%29\"").count(), 1);
}
