//! The messages that code says, with the values that each takes: a method of [`Words`] for each. Templates say all others.
//! Knows no language.
//!
//! To add one: a line here, and the message in every file under `templates/words`. The tests find a message that a file
//! lacks or has for nothing, and a value that a translation forgets.

use super::{Value, Words};

/// The type of a value in a message's line below.
macro_rules! kind {
    (text) => {
        &str
    };
    (number) => {
        i64
    };
}

macro_rules! messages {
    ($($name:ident($($value:ident: $kind:ident),*);)+) => {
        impl Words {
            $(
                #[doc = concat!("The message `", stringify!($name), "` of `templates/words`.")]
                pub(crate) fn $name(self, $($value: kind!($kind)),*) -> String {
                    self.say(stringify!($name), &[$((stringify!($value), Value::from($value))),*])
                }
            )+
        }

        /// Each message with the names of its values.
        #[cfg(test)]
        pub(crate) const MESSAGES: &[(&str, &[&str])] = &[$((stringify!($name), &[$(stringify!($value)),*])),+];
    };
}

messages! {
    // Dates
    date_of(day: number, month: number, year: text);

    // Every page
    gone_newsletter(slug: text);
    listed(first: text, second: text);

    // Issues
    notes();
    image();

    // Mails of the system
    mail_confirm_subject(newsletter: text);
    mail_already_subject(newsletter: text);
    mail_welcome_subject(newsletter: text);

    // Mails to readers about their own subscription
    mail_link_subject(newsletter: text);
    mail_data_subject(newsletter: text);
    mail_new_address_subject(newsletter: text);
    mail_old_address_subject(newsletter: text);

    // Signup
    signup_lead(newsletter: text);
    name_too_long(count: number);
    name_address();
    name_invisible();
    address_empty();
    address_too_long();
    address_wrong();
    check_heading();
    address_disposable();
    address_no_server(domain: text);
    meant_heading(address: text);
    step_working();

    // Leaving
    one_click_done();
    one_click_unknown();

    // Troubles
    trouble_not_found_text();
    trouble_link_text();
    trouble_method_text();
    trouble_unreadable_text();
    trouble_too_large_text();
    trouble_too_many_text();
    trouble_busy_text();
    trouble_broken_text();
}
