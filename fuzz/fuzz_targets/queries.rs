//! Query strings: a parameter that is given once, decodes and holds something is found, any other is a fault.

#![no_main]

use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode_str;
use taizhang::api::query::Fields;
use taizhang::domain::area_code::AreaCode;
use taizhang::domain::fold::Terms;
use taizhang::domain::period::Period;

fuzz_target!(|query: &str| {
    let Ok(mut fields) = Fields::parse(query) else {
        assert!(percent_decode_str(query).decode_utf8().is_err(), "a whole query is refused");
        return;
    };
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    for (name, value) in &pairs {
        let once = pairs.iter().filter(|(other, _)| other == name).count() == 1;
        let sound = once && !value.is_empty() && !value.contains('\0');
        let found = fields.text(name);
        assert_eq!(fields.is_faulty(name), !sound, "{name}={value}");
        assert!(!sound || found.as_deref() == Some(value), "{name}={value} is read as {found:?}");
    }
    for (name, _) in &pairs {
        let _areas = fields.many::<AreaCode>(name);
        let _period = fields.one::<Period>(name);
        let _terms = fields.one::<Terms>(name);
        let _codes = fields.codes(name);
        let _flag = fields.flag(name);
        assert!(fields.words(name).iter().all(|word| !word.is_empty() && !word.contains(',')));
        assert!(fields.number(name, 1, 1000).is_none_or(|number| (1..=1000).contains(&number)));
        assert!(fields.day(name).is_none_or(|day| day.to_string().len() == 10));
    }
});
