//! Hooks and whose a relay is: what they turn into, and what is refused or warned of.

use coranto::domain::hook::MailService;

use super::{GOOD, parse, refused};

const KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==";

fn with(hook: &str) -> String {
    format!("{GOOD}\n[[inbound.hooks]]\n{hook}\n")
}

#[test]
fn a_hook_is_what_its_provider_needs() {
    let text = format!(
        "{GOOD}\n[[inbound.hooks]]\nname = \"ses\"\nprovider = \"ses\"\ntopics = [\"arn:aws:sns:eu-west-1:123456789012:coranto\"]\n\
         [[inbound.hooks]]\nname = \"mg-2\"\nprovider = \"mailgun\"\nsecret = \"0123456789abcdef\"\n\
         [[inbound.hooks]]\nname = \"pm\"\nprovider = \"postmark\"\nusername = \"u\"\npassword = \"p\"\n\
         [[inbound.hooks]]\nname = \"sg\"\nprovider = \"sendgrid\"\npublic_key = \"{KEY}\"\n"
    );
    let config = parse(&text, &[]).unwrap();
    let hooks: Vec<_> = config.inbound.hooks.iter().map(|hook| (hook.name.as_str(), hook.is_verified())).collect();
    assert_eq!(hooks, [("ses", true), ("mg-2", true), ("pm", true), ("sg", true)]);
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
    assert!(config.inbound.hears_bounces() && !config.inbound.has_door(), "a hook hears no email");
    assert!(!format!("{config:?}", config = config.inbound).contains("0123456789abcdef"));
    let bounces = GOOD.replace("slot = ", "bounce_domain = \"bounce.example.com\"\nslot = ");
    let heard = format!(
        "{bounces}\n[[inbound.hooks]]\nname = \"pm\"\nprovider = \"postmark\"\nusername = \"u\"\npassword = \"p\"\n"
    );
    assert!(parse(&heard, &[]).unwrap().warnings.is_empty());
    assert_eq!(parse(&bounces, &[]).unwrap().warnings.len(), 1, "nobody hears");
    let env = [("CORANTO__INBOUND__HOOKS__0__PROVIDER", "mailjet"), ("CORANTO__INBOUND__HOOKS__0__NAME", "mj")];
    assert_eq!(parse(GOOD, &env).unwrap().inbound.hooks[0].provider, MailService::Mailjet);
}

#[test]
fn who_signs_nothing_is_warned_of() {
    for (hook, warned) in [
        ("name = \"a\"\nprovider = \"brevo\"", true),
        ("name = \"a\"\nprovider = \"brevo\"\nusername = \"u\"\npassword = \"p\"", false),
        ("name = \"a\"\nprovider = \"resend\"\nsecret = \"whsec_0123456789abcdef\"", false),
    ] {
        let warnings = parse(&with(hook), &[]).unwrap().warnings;
        assert_eq!(!warnings.is_empty(), warned, "{hook}");
    }
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    for (hook, says) in [
        ("provider = \"ses\"", "inbound.hooks.0.name"),
        ("name = \"a\"", "provider"),
        ("name = \"A b\"\nprovider = \"brevo\"", "cannot stand in a URL"),
        ("name = \"a/b\"\nprovider = \"brevo\"", "cannot stand in a URL"),
        ("name = \"a\"\nprovider = \"sendgird\"", "did you mean sendgrid?"),
        ("name = \"a\"\nprovider = \"mandrill\"", "it is one of ses, sendgrid"),
        ("name = \"a\"\nprovider = \"ses\"", "ses needs the ARN of each SNS topic"),
        ("name = \"a\"\nprovider = \"ses\"\ntopics = []", "it names no topic"),
        ("name = \"a\"\nprovider = \"ses\"\ntopics = [\"coranto\"]", "is not the ARN of a topic"),
        (
            "name = \"a\"\nprovider = \"ses\"\ntopics = \"arn:aws:sns:eu-west-1.evil.example/:123456789012:x\"",
            "is not the ARN",
        ),
        ("name = \"a\"\nprovider = \"sendgrid\"", "sendgrid needs the key that it signs with"),
        ("name = \"a\"\nprovider = \"sendgrid\"\npublic_key = \"abc!\"", "it is neither PEM nor base64 nor JSON"),
        ("name = \"a\"\nprovider = \"sendgrid\"\npublic_key = \"AAAA\"", "it is no ECDSA key"),
        ("name = \"a\"\nprovider = \"postal\"\npublic_key = \"{}\"", "it is no RSA key"),
        ("name = \"a\"\nprovider = \"mailgun\"", "mailgun needs the secret"),
        ("name = \"a\"\nprovider = \"generic\"\nsecret = \"short\"", "it is too short to be a secret"),
        ("name = \"a\"\nprovider = \"brevo\"\nsecret = \"0123456789abcdef\"", "it means nothing to brevo"),
        ("name = \"a\"\nprovider = \"brevo\"\nusername = \"u\"", "there is no password for it"),
        ("name = \"a\"\nprovider = \"brevo\"\npassword = \"p\"", "there is no username for it"),
        ("name = \"a\"\nprovider = \"brevo\"\nkey = 1", "there is no such key"),
        (
            "name = \"a\"\nprovider = \"brevo\"\n[[inbound.hooks]]\nname = \"a\"\nprovider = \"brevo\"",
            "another hook is called",
        ),
    ] {
        let text = refused(&with(hook), &[]);
        assert!(text.contains(says), "{hook}\n{text}");
        assert!(!text.contains("0123456789abcdef"), "{text}");
    }
}

#[test]
fn a_relay_has_a_provider_and_no_field_twice() {
    let with = |main: &str| GOOD.replace("password = \"hunter2\"\n", &format!("password = \"hunter2\"\n{main}\n"));
    let config = parse(&with("provider = \"mailjet\""), &[]).unwrap();
    assert_eq!(config.relays[0].provider, Some(MailService::Mailjet));
    for (main, week, says) in [
        ("provider = \"gmail\"", "", "no provider that is known"),
        ("provider = \"mailjet\"\nheaders = [\"X-MJ-CustomID: x\"]", "", "X-MJ-CustomID twice"),
        ("provider = \"mailjet\"", "headers = [\"x-mj-customid: x\"]", "is added by the relay main as well"),
    ] {
        let text = with(main).replace("slot = ", &format!("{week}\nslot = "));
        let text = refused(&text, &[]);
        assert!(text.contains(says), "{main} {week}\n{text}");
    }
}

#[test]
fn no_newsletter_is_called_as_the_path_of_hooks() {
    let text = refused(&GOOD.replace("[newsletters.week]", "[newsletters.hooks]"), &[]);
    assert!(text.contains("newsletters.hooks"), "{text}");
}
