//! Every place a merge field can stand in, and every way to get one wrong.

use coranto::content::fields::{Field, Piece};

use super::ground::{compose, filled, html_of, issue, newsletter, read, text_of, told, wrong};

#[test]
fn a_field_is_filled_in_both_parts() {
    let parts = compose(&issue("Dear {{ name | *dear* friend }}, {{name}}!"), &newsletter()).unwrap();
    for template in [&parts.html, &parts.text] {
        let names: Vec<_> =
            template.pieces().filter(|piece| matches!(piece, Piece::Field(Field::Name { .. }))).collect();
        let fallback = Some("*dear* friend".to_owned());
        assert_eq!(names, [Piece::Field(Field::Name { fallback }), Piece::Field(Field::Name { fallback: None })]);
    }
}

#[test]
fn a_fallback_is_text_wherever_it_stands() {
    let parts = compose(&issue("Dear {{ name | R&D <b> }}"), &newsletter()).unwrap();
    assert!(filled(&parts.html, true).contains("Dear R&amp;D &lt;b>"));
    assert!(filled(&parts.text, false).contains("Dear R&D <b>"));
}

#[test]
fn addresses_may_be_where_a_link_leads() {
    let body = "[leave]({{ unsubscribe_url }}), [change]({{preferences_url}}), [read]({{ web_url }})";
    let html = html_of(body);
    assert!(html.contains("href=\"\u{E000}unsubscribe_url\u{E001}\""), "{html}");
    assert!(html.contains("href=\"\u{E000}preferences_url\u{E001}\""), "{html}");
    assert!(html.contains("href=\"https://news.example.com/week/the-slug\""), "{html}");
    assert!(text_of(body).starts_with("leave [1], change [2], read [3]\n"));
}

#[test]
fn an_address_as_text_can_be_pressed() {
    let html = html_of("{{ unsubscribe_url }} and {{ web_url }} and [{{ preferences_url }}]({{ preferences_url }})");
    assert!(html.contains("class=\"l\" style=\"line-break:anywhere\">\u{E000}unsubscribe_url\u{E001}</a>"), "{html}");
    assert!(html.contains(">https://news.example.com/week/the-slug</a>"), "{html}");
    assert_eq!(html.matches("<a ").count(), 3, "no link within a link");
    assert_eq!(text_of("[{{ preferences_url }}]({{ preferences_url }})"), "\u{E000}preferences_url\u{E001}");
}

#[test]
fn fields_mean_nothing_to_markdown() {
    let html =
        html_of("| a |\n| --- |\n| {{ name | there }} |\n\n**{{ name }}**\n\n## For {{ name | you }} {{ web_url }}\n");
    assert!(html.contains(">\u{E000}name|there\u{E001}</td>"), "{html}");
    assert!(html.contains("<strong>\u{E000}name\u{E001}</strong>"), "{html}");
    assert!(html.contains("For \u{E000}name|you\u{E001} "), "{html}");
    assert_eq!(html_of("[x][a]\n\n[a]: {{ web_url }}\n").matches("href=\"https://news").count(), 1);
}

#[test]
fn in_code_braces_are_braces() {
    let html = html_of("`{{ name }}` and `{{ nope | x }}`\n\n```\n{{ get_env(name=\"PATH\") }}\n```\n\n    {{ open\n");
    for literal in [">{{ name }}<", ">{{ nope | x }}<", "{{ get_env(name=\"PATH\") }}", "{{ open"] {
        assert!(html.contains(literal), "{literal} in {html}");
    }
    assert_eq!(text_of("\\{{ name }} and \\\\{{ name }}"), "{{ name }} and \\\u{E000}name\u{E001}");
}

#[test]
fn what_is_no_field_is_refused_at_its_place() {
    insta::assert_debug_snapshot!(wrong(
        "Dear {{ nmae }},\n\n- {{ 7*7 }} {{}} {{ name | }}\n\n> {{ get_env(name=\"PATH\") }}\n\n{{ __tera_context }} é {{ web_url | x }} {{ open\n}} {{ name | \"there\" }}"
    ));
}

#[test]
fn what_is_no_address_is_refused_in_links() {
    insta::assert_debug_snapshot!(wrong(
        "[a]({{ name }}) [b](https://example.org/{{ name }}) [c]({{ nope }}) [d](mailto:x?subject={{web_url}}) ![e]({{ web_url }})"
    ));
}

#[test]
fn other_template_languages_are_text() {
    let body = "`{% include \"/etc/passwd\" %}` ${HOME} `<%= 7*7 %>` {# x #} `%%name%%` [[name]]";
    assert!(text_of(body).starts_with("{% include \"/etc/passwd\" %} ${HOME} <%= 7*7 %> {# x #} %%name%% [[name]]"));
}

/// They would go out as they are typed, so they stop the issue and say what is written here.
#[test]
fn merge_fields_of_other_systems_stop_the_issue() {
    for (body, instead) in [
        ("Hi *|FNAME|*!", "{{ name | there }}"),
        ("Hi %%first_name%%", "{{ name | there }}"),
        ("{% if name %}Hi{% endif %}", "{{ name | there }}"),
        ("Hi ${name}, [NAME]", "{{ name | there }}"),
        ("Hi %recipient.name%", "{{ name | there }}"),
        ("[leave](https://example.org) *|UNSUB|*", "{{ unsubscribe_url }}"),
        ("Hi {{ name | default: \"friend\" }}", "{{ name | there }}"),
        ("Hi {{name|upper}}", "{{ name | there }}"),
        ("| a | b |\n|---|---|\n| *|NAME|* | c |", "{{ name | there }}"),
        ("> - Hi %%name%%", "{{ name | there }}"),
        ("<%= name %>", "{{ name | there }}"),
    ] {
        let told = wrong(body);
        assert!(told.iter().any(|told| told.contains(instead)), "{body}: {told:?}");
    }
    for body in ["`*|FNAME|*` and `{% if %}`", "${HOME}, [TOC], 50 % of 20 %", "```\n%%name%%\n```"] {
        assert!(compose(&issue(body), &newsletter()).is_ok(), "{body}");
    }
}

#[test]
fn above_the_text_there_are_none() {
    let problems =
        read("---\ntitle: Dear {{ name }}\nsubject: \"{{ x }}\"\nsummary: For {{ name }}\n---\nText\n").unwrap_err();
    insta::assert_debug_snapshot!(told(&problems));
}

#[test]
fn nobody_can_smuggle_a_mark_in() {
    assert!(read("---\ntitle: A title\n---\n\u{E000}unsubscribe_url\u{E001}\n").is_err());
    assert!(read("---\ntitle: \"A \\uE000name\\uE001 title\"\n---\nText\n").is_err());
    let entities =
        "A &#xE000;unsubscribe_url&#xE001; B &#57344;name&#57345; [c](https://example.org/&#xE000;name&#xE001;)";
    let parts = compose(&issue(entities), &newsletter());
    let told = told(&parts.unwrap_err());
    assert!(told[0].contains("only part of this link's address"), "{told:?}");
    let text = text_of("A &#xE000;unsubscribe_url&#xE001; B &#57344;name&#57345; `&#xE000;name&#xE001;`");
    assert_eq!(text, "A unsubscribe_url B name &#xE000;name&#xE001;");
}
